"""Samples as pictures: pixels, grids, scatter plots, and the files they are written to."""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from gancli.errors import UsageError
from gancli.files import write_whole

Pixels = np.ndarray  # uint8, (H, W) or (H, W, 3)


def to_pixels(samples: Tensor) -> np.ndarray:
    """Samples in [-1, 1], of shape (N, C, H, W), as uint8 of shape (N, H, W, 3), or (N, H, W) if they are grey."""
    pixels = samples.detach().float().cpu().add(1).mul(127.5).round().clamp(0, 255).byte()
    return (pixels.squeeze(1) if pixels.shape[1] == 1 else pixels.permute(0, 2, 3, 1)).numpy()


def grid(images: np.ndarray, columns: int | None = None, gap: int = 2) -> Pixels:
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
    extent = 1.25 * max(1e-6, float(np.quantile(np.abs(xy), 0.99)))
    counts, _, _ = np.histogram2d(-xy[:, 1], xy[:, 0], bins=side, range=[[-extent, extent]] * 2)
    return (255 * np.sqrt(counts / max(1.0, counts.max()))).astype(np.uint8)


def picture(samples: Tensor, columns: int | None = None) -> Pixels:
    """One picture of many samples: a grid of images, or a scatter plot of points."""
    return grid(to_pixels(samples), columns) if samples.ndim == 4 else scatter(samples)


def write_png(path: Path, pixels: Pixels) -> None:
    """Write one picture; the folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="PNG")
    write_whole(path, content.getvalue())


def enlarge(images: np.ndarray, side: int = 224) -> np.ndarray:
    """Images of shape (N, H, W[, 3]) with every pixel repeated, so that a small one can be seen on its own."""
    times = max(1, side // images.shape[1])
    return images.repeat(times, axis=1).repeat(times, axis=2)


def write_gif(path: Path, frames: Sequence[Pixels] | np.ndarray, milliseconds: int = 80) -> None:
    """Write an animation that plays forwards and back without end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = [Image.fromarray(frame) for frame in [*frames, *frames[-2:0:-1]]]
    first.save(path, format="GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0)


def check_ending(path: Path, *, is_image: bool) -> None:
    """Refuse a path whose ending does not say how samples are written, with UsageError."""
    if path.suffix in (".png", ".npz") or (is_image and (not path.suffix or path.is_dir())):
        return
    endings = ".png, .npz, or no ending for a folder" if is_image else ".png or .npz"
    raise UsageError(f"{path}: the ending says how samples are written; expected {endings}")


def write_samples(path: Path, samples: Tensor, labels: Tensor | None = None, columns: int | None = None) -> None:
    """Write samples as the ending of ``path`` says.

    ``.png`` is one grid; ``.npz`` holds the arrays ``images`` (uint8) or ``points`` (float32), and ``labels``; a folder
    gets one PNG an image. Raises UsageError for another ending.
    """
    check_ending(path, is_image=samples.ndim == 4)
    if path.suffix == ".png":
        write_png(path, picture(samples, columns))
    elif path.suffix == ".npz":
        path.parent.mkdir(parents=True, exist_ok=True)
        is_image = samples.ndim == 4
        arrays: dict[str, Any] = {"images": to_pixels(samples)} if is_image else {"points": samples.float().numpy()}
        if labels is not None:
            arrays["labels"] = labels.numpy()
        np.savez_compressed(path, **arrays)
    else:
        for index, image in enumerate(to_pixels(samples)):
            label = "" if labels is None else f"-class-{int(labels[index])}"
            write_png(path / f"{index:05d}{label}.png", image)
