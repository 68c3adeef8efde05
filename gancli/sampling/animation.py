"""Pictures that move: GIF and WebP by Pillow, MP4 and WebM by PyAV, which is an extra."""

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image
from torch import Tensor

from gancli.errors import UsageError
from gancli.files import make_ready, whole
from gancli.sampling.endings import FPS, is_video
from gancli.sampling.images import Pixels, enlarge, to_pixels, write_gif

WEBP_QUALITY = 90
# Nearly without loss: a few small pictures make a small file anyway.
CODECS = {
    ".mp4": ("libx264", {"crf": "16", "preset": "slow"}),
    ".webm": ("libvpx-vp9", {"crf": "20", "b": "0"}),
}
INSTALL = "pip install 'gancli[video]'"


def check_encoder(path: Path) -> None:
    """Raises UsageError for a video if PyAV is not installed."""
    if is_video(path):
        _av(path)


def frames(blocks: Iterable[Tensor], times: int | None = None) -> Iterator[Pixels]:
    """The frames of images in blocks of shape (N, C, H, W); every pixel is repeated as ``enlarge`` does it."""
    for block in blocks:
        yield from enlarge(to_pixels(block), times)


def write_animation(path: Path, frames: Iterable[Pixels], fps: float = FPS, *, there_and_back: bool = False) -> None:
    """Write frames of one size as the path's ending says; they are taken one by one.

    Args:
        path: the file; its folder is made if need be.
        frames: uint8, of shape (H, W) or (H, W, 3).
        fps: frames a second; a GIF counts in hundredths of one, and a browser slows down more than 50.
        there_and_back: also show them backwards, for a picture that plays without end.
    """
    frames = _back(frames) if there_and_back else frames
    ending = path.suffix.lower()
    if ending == ".gif":
        write_gif(path, frames, max(1, round(100 / fps)) * 10)
    elif ending == ".webp":
        _write_webp(path, frames, round(1000 / fps))
    else:
        _write_video(path, frames, fps)


def _back(frames: Iterable[Pixels]) -> Iterator[Pixels]:
    shown = []
    for frame in frames:
        shown.append(frame)
        yield frame
    yield from shown[-2:0:-1]


def _write_webp(path: Path, frames: Iterable[Pixels], milliseconds: int) -> None:
    make_ready(path.parent)
    pictures = map(Image.fromarray, frames)
    first = next(pictures)
    options = {"duration": milliseconds, "loop": 0, "quality": WEBP_QUALITY}
    with whole(path) as file:
        first.save(file, format="WEBP", save_all=True, append_images=pictures, **options)


def _write_video(path: Path, frames: Iterable[Pixels], fps: float) -> None:
    av, ending = _av(path), path.suffix.lower()
    make_ready(path.parent)
    pictures = map(_even, frames)
    first = next(pictures)
    with whole(path) as file, av.open(_Writing(file), "w", format=ending[1:]) as video:
        codec, options = CODECS[ending]
        stream = video.add_stream(codec, rate=Fraction(fps).limit_denominator(1000), options=options)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"  # which every player knows
        for pixels in itertools.chain([first], pictures):
            video.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        video.mux(stream.encode())


def _even(pixels: Pixels) -> Pixels:
    """In colour, its sides even, as videos must have it; the last row and column are repeated if they are not."""
    coloured = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2)
    height, width = coloured.shape[:2]
    return np.ascontiguousarray(np.pad(coloured, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge"))


class _Writing:
    """A file without its name and its number, by which PyAV would open it anew."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write, self.seek, self.tell = file.write, file.seek, file.tell


def _av(path: Path) -> Any:
    try:
        import av
    except ImportError:
        raise UsageError(f"{path}: videos need PyAV: {INSTALL}; or name a .gif or .webp") from None
    return av
