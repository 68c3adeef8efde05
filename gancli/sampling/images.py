"""Samples as pictures: pixels, grids, sheets, scatter plots, and the files of one picture."""

import io
import math
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gancli.files import make_ready, whole, write_whole
from gancli.sampling.endings import GAP, PICTURE_FORMATS
from gancli.sampling.lettering import name_columns

Pixels = np.ndarray  # uint8, (H, W) or (H, W, 3)

MAX_ENLARGED_SIDE = 224  # pixels that one image is enlarged to at most, by a whole factor
MAX_ENLARGED_SHEET = 1200  # pixels that a sheet of images is enlarged to at most
OPTIONS = {
    # Without subsampling, which would smear the colours of small images.
    "JPEG": {"quality": 95, "subsampling": 0},
    # As small as by default within a few percent, and up to seven times as fast.
    "PNG": {"compress_type": zlib.Z_RLE},
}


def to_pixels(samples: Tensor) -> np.ndarray:
    """Samples in [-1, 1], of shape (N, C, H, W), as uint8 of shape (N, H, W, 3), or (N, H, W) if they are grey."""
    pixels = samples.detach().float().cpu().add(1).mul(127.5).round().clamp(0, 255).byte()
    return (pixels.squeeze(1) if pixels.shape[1] == 1 else pixels.permute(0, 2, 3, 1)).numpy()


def grid(images: np.ndarray, columns: int | None = None, gap: int = GAP) -> Pixels:
    """Images of shape (N, H, W[, 3]) side by side on black; as square as can be unless ``columns`` says otherwise."""
    columns = columns or math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    height, width = images.shape[1:3]
    canvas = np.zeros((rows * (height + gap) + gap, columns * (width + gap) + gap, *images.shape[3:]), np.uint8)
    for index, image in enumerate(images):
        top, left = gap + index // columns * (height + gap), gap + index % columns * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return canvas


def scatter(points: Tensor, side: int = 256) -> Pixels:
    """Points of shape (N, D) as a picture of their first two coordinates, as many as fit the scale of their spread."""
    xy, extent = plane(points)
    xy = xy[np.isfinite(xy).all(axis=1)]  # a bad generator's points may be nowhere
    counts, _, _ = np.histogram2d(-xy[:, 1], xy[:, 0], bins=side, range=[[-extent, extent]] * 2)
    return (255 * np.sqrt(counts / max(1.0, counts.max()))).astype(np.uint8)


def plane(points: Tensor) -> tuple[np.ndarray, float]:
    """The first two coordinates of points, of shape (N, 2), and how far from 0 a picture of them reaches."""
    xy = points.detach().float().cpu().numpy()[:, :2]
    xy = xy if xy.shape[1] == 2 else np.hstack([xy, np.zeros_like(xy)])
    finite = xy[np.isfinite(xy).all(axis=1)]
    return xy, 1.25 * max(1e-6, float(np.quantile(np.abs(finite), 0.99))) if len(finite) else 1.0


def picture(samples: Tensor, columns: int | None = None) -> Pixels:
    """One picture of many samples: a grid of images, or a scatter plot of points."""
    return picture_of([samples], columns)


def picture_of(blocks: Iterable[Tensor], columns: int | None = None) -> Pixels:
    """One picture of samples that come in blocks of shape (N, *data.shape)."""
    parts = [to_pixels(block) if block.ndim == 4 else block.detach().float().cpu().numpy() for block in blocks]
    samples = np.concatenate(parts)  # as pixels, a quarter of the memory
    return grid(samples, columns) if samples.ndim > 2 else scatter(torch.from_numpy(samples))


def sheet(samples: Tensor, columns: int | None = None, names: Sequence[str] = ()) -> Pixels:
    """One picture of many samples, for viewing: ``picture`` enlarged if it is small, with names above its columns.

    Args:
        samples: of shape (N, *data.shape).
        columns: of the grid.
        names: of the columns; those beyond the last column are left out, and all of them without ``columns``.
    """
    return sheet_of([samples], columns, names)


def sheet_of(blocks: Iterable[Tensor], columns: int | None = None, names: Sequence[str] = ()) -> Pixels:
    """The sheet of samples that come in blocks of shape (N, *data.shape)."""
    parts = list(blocks)
    small = picture_of(parts, columns)
    times = MAX_ENLARGED_SHEET // max(small.shape[:2])
    if parts[0].ndim != 4:
        return _repeat(small, times)
    height, width = parts[0].shape[2:]
    times = max(1, min(times, MAX_ENLARGED_SIDE // max(height, width)))
    return name_columns(_repeat(small, times), names[: columns or 0], GAP * times, (width + GAP) * times)


def _repeat(pixels: Pixels, times: int) -> Pixels:
    """Every pixel of one picture, or of many, as ``times`` by ``times`` of them."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def enlarge(images: np.ndarray, times: int | None = None) -> np.ndarray:
    """Images of shape (N, H, W[, 3]) with every pixel repeated, so that a small one can be seen on its own.

    Args:
        times: how often; by default as often as fits 224 pixels.
    """
    times = times or max(1, MAX_ENLARGED_SIDE // max(images.shape[1:3]))
    return images.repeat(times, axis=1).repeat(times, axis=2)


def to_png(pixels: Pixels) -> bytes:
    """A picture as the bytes of a PNG file."""
    return _encoded(pixels, "PNG")


def _encoded(pixels: Pixels, kind: str) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format=kind, **OPTIONS.get(kind, {}))
    return content.getvalue()


def write_picture(path: Path, pixels: Pixels) -> None:
    """Write one picture in the format that the path's ending says; the folder is made if need be."""
    make_ready(path.parent)
    write_whole(path, _encoded(pixels, PICTURE_FORMATS[path.suffix.lower()]))


def write_png(path: Path, pixels: Pixels) -> None:
    """Write one PNG; the folder is made if need be."""
    make_ready(path.parent)
    write_whole(path, to_png(pixels))


def write_gif(path: Path, frames: Iterable[Pixels], milliseconds: int | list[int] = 80, mark: str = "") -> None:
    """Write an animation that plays without end; frames are taken one by one.

    Args:
        path: the file; its folder is made if need be.
        frames: of one size.
        milliseconds: that each frame is shown.
        mark: a remark in the file, which no viewer shows.
    """
    make_ready(path.parent)
    pictures = map(Image.fromarray, frames)
    first = next(pictures)
    with whole(path) as file:
        first.save(
            file,
            format="GIF",
            save_all=True,
            append_images=pictures,
            duration=milliseconds,
            loop=0,
            comment=mark.encode(),
        )
