"""Samples as pictures: pixels, grids, scatter plots, and the files they are written to."""

import io
import math
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gancli.errors import UsageError
from gancli.files import whole, write_whole

Pixels = np.ndarray  # uint8, (H, W) or (H, W, 3)

GAP = 2  # pixels between the images of a grid
MAX_MEGAPIXELS = 50  # of a grid; viewers and Pillow itself refuse to open pictures not much larger


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
    xy = points.detach().float().cpu().numpy()[:, :2]
    xy = xy if xy.shape[1] == 2 else np.hstack([xy, np.zeros_like(xy)])
    xy = xy[np.isfinite(xy).all(axis=1)]  # a bad generator's points may be nowhere
    extent = 1.25 * max(1e-6, float(np.quantile(np.abs(xy), 0.99))) if len(xy) else 1.0
    counts, _, _ = np.histogram2d(-xy[:, 1], xy[:, 0], bins=side, range=[[-extent, extent]] * 2)
    return (255 * np.sqrt(counts / max(1.0, counts.max()))).astype(np.uint8)


def picture(samples: Tensor, columns: int | None = None) -> Pixels:
    """One picture of many samples: a grid of images, or a scatter plot of points."""
    return picture_of([samples], columns)


def picture_of(blocks: Iterable[Tensor], columns: int | None = None) -> Pixels:
    """One picture of samples that come in blocks of shape (N, *data.shape)."""
    parts = [to_pixels(block) if block.ndim == 4 else block.detach().float().cpu().numpy() for block in blocks]
    samples = np.concatenate(parts)  # as pixels, a quarter of what they were
    return grid(samples, columns) if samples.ndim > 2 else scatter(torch.from_numpy(samples))


def to_png(pixels: Pixels) -> bytes:
    """A picture as the bytes of a PNG file."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="PNG")
    return content.getvalue()


def write_png(path: Path, pixels: Pixels) -> None:
    """Write one picture; the folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, to_png(pixels))


def enlarge(images: np.ndarray, side: int = 224) -> np.ndarray:
    """Images of shape (N, H, W[, 3]) with every pixel repeated, so that a small one can be seen on its own."""
    times = max(1, side // images.shape[1])
    return images.repeat(times, axis=1).repeat(times, axis=2)


def write_gif(path: Path, frames: Sequence[Pixels] | np.ndarray, milliseconds: int = 80, *, back: bool = True) -> None:
    """Write an animation that plays without end: forwards and ``back``, or forwards alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = [Image.fromarray(frame) for frame in [*frames, *(frames[-2:0:-1] if back else [])]]
    with whole(path) as file:
        first.save(file, format="GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0)


def check_output(path: Path, n: int, shape: tuple[int, ...]) -> None:
    """Refuse a path that ``n`` samples of ``shape`` cannot be written to, with UsageError."""
    is_image = len(shape) == 3
    if path.suffix == ".png":
        check_picture(path, n, shape)
    elif path.suffix != ".npz" and not (is_image and (not path.suffix or path.is_dir())):
        endings = ".png, .npz, or no ending for a folder" if is_image else ".png or .npz"
        raise UsageError(f"{path}: the ending says how samples are written; expected {endings}")


def check_picture(path: Path, n: int, shape: tuple[int, ...]) -> None:
    """Refuse a grid that is too large for one picture, with UsageError."""
    if len(shape) == 3 and (megapixels := n * (shape[1] + GAP) * (shape[2] + GAP) / 1e6) > MAX_MEGAPIXELS:
        raise UsageError(
            f"{path}: a grid of {n:,} images would have {megapixels:,.0f} megapixels, and {MAX_MEGAPIXELS} are the "
            "most; --out samples.npz (arrays) and --out samples (a folder) hold any number"
        )


def write_samples(
    path: Path,
    blocks: Iterable[Tensor],
    shape: tuple[int, ...],
    labels: Tensor | None = None,
    columns: int | None = None,
) -> None:
    """Write samples, which come in blocks, as the ending of ``path`` says; raises UsageError for another ending.

    ``.png`` is one grid; ``.npz`` holds the arrays ``images`` (uint8) or ``points`` (float32), and ``labels``; a folder
    gets one PNG an image. Arrays and folders never hold more than a block in memory. An interruption leaves no file
    that is not whole, so a folder has the images up to there.

    Args:
        path: a file that is replaced if it is there, or a folder, whose other files stay.
        blocks: of shape (≤ N, *data.shape), N samples in all.
        shape: of all of them together, (N, *data.shape).
        labels: of shape (N,).
        columns: of the grid.
    """
    check_output(path, shape[0], shape[1:])
    if path.suffix == ".png":
        write_png(path, picture_of(blocks, columns))
    elif path.suffix == ".npz":
        write_arrays(path, blocks, shape, labels)
    else:
        write_folder(path, blocks, shape[0], labels)


def write_arrays(path: Path, blocks: Iterable[Tensor], shape: tuple[int, ...], labels: Tensor | None = None) -> None:
    """Write what ``np.load`` reads: ``images``, (N, H, W[, 3]), or ``points``, (N, D), and ``labels``, (N,)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if len(shape) == 4:
            _write_array(archive, "images", shape[0], map(to_pixels, blocks))
        else:
            _write_array(archive, "points", shape[0], (block.float().numpy() for block in blocks))
        if labels is not None:
            _write_array(archive, "labels", shape[0], [labels.numpy()])


def _write_array(archive: zipfile.ZipFile, name: str, n: int, parts: Iterable[np.ndarray]) -> None:
    """An array of ``n`` rows that come in parts, in NumPy's format, which begins with the shape of the whole."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        for index, part in enumerate(parts):
            if index == 0:
                header = {"descr": part.dtype.str, "fortran_order": False, "shape": (n, *part.shape[1:])}
                np.lib.format.write_array_header_1_0(file, header)
            file.write(part.tobytes())


def write_folder(folder: Path, blocks: Iterable[Tensor], n: int, labels: Tensor | None = None) -> None:
    """Write one PNG an image, named by its number and its class's; they sort in order."""
    digits = max(5, len(str(n - 1)))
    for index, image in enumerate(image for block in blocks for image in to_pixels(block)):
        label = "" if labels is None else f"-class-{int(labels[index])}"
        write_png(folder / f"{index:0{digits}}{label}.png", image)
