"""Your own images: a folder, with a sub-folder a class if there are classes."""

import hashlib
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import torch
from PIL import Image, ImageOps
from pydantic import Field
from torch import Tensor

from gancli.data.base import ImageDataset
from gancli.errors import DataError

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")  # the only decoders that a file from a stranger reaches
MAX_PIXELS = 50_000_000  # a larger one is a mistake or an attack
MEMORY = 2**30  # bytes of decoded images that are kept; beyond it, workers read them anew
SHOWN = 20  # bad files in an error


class ImageFolder(ImageDataset):
    """The images below a folder, cropped to a centred square and scaled.

    Args:
        root: the folder; relative to where ``gan`` is called.
        size: the side, in pixels.
        channels: 3 for colour, 1 for grey.
        flip: mirror every second image, at random.
        workers: processes that read images, when they are too many to be kept in memory.

    Raises:
        DataError: the folder is missing or has no images, or some cannot be read; all of these are named.
    """

    def __init__(
        self,
        *,
        root: str,
        size: Annotated[int, Field(ge=8, le=1024)] = 32,
        channels: Literal[1, 3] = 3,
        flip: bool = False,
        workers: Annotated[int, Field(ge=0, le=64)] = 2,
    ) -> None:
        folder = Path(root).expanduser()
        if not folder.is_dir():
            raise DataError(f"{folder}: there is no such folder of images")
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
        if not paths:
            raise DataError(f"{folder}: holds no images; the endings read are {', '.join(ENDINGS)}")
        files = ImageFiles(paths, size, channels)
        keep = len(files) * channels * size * size <= MEMORY
        images, digest = _scan(files, folder, keep=keep)
        labels, names = _classes(paths, folder)
        super().__init__(images if images is not None else files, labels, names, flip=flip)
        self.fingerprint = digest
        self.workers = 0 if keep else workers


class ImageFiles:
    """Images by index that are read from their files when asked for."""

    device = torch.device("cpu")

    def __init__(self, paths: list[Path], size: int, channels: int) -> None:
        self.paths = paths
        self.shape = (len(paths), channels, size, size)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, indices: Tensor) -> Tensor:
        return torch.stack([self.read(int(index)) for index in indices])  # (N, C, H, W)

    def to(self, device: torch.device) -> Self:
        return self

    def read(self, index: int) -> Tensor:
        """One image of shape (C, H, W), uint8; its orientation tag is obeyed and transparency is white."""
        _, channels, size, _ = self.shape
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(self.paths[index], formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise ValueError(f"{opened.width}×{opened.height} pixels; at most {MAX_PIXELS:,} are read")
                image = ImageOps.exif_transpose(opened)
                if image.mode.startswith("I;16"):  # Pillow would clip, not scale, 16 bits
                    image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
                if "A" in image.getbands() or "transparency" in image.info:
                    image = image.convert("RGBA")
                    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
                image = ImageOps.fit(
                    image.convert("RGB" if channels == 3 else "L"), (size, size), Image.Resampling.LANCZOS
                )
        return torch.from_numpy(np.array(image)).reshape(size, size, channels).permute(2, 0, 1)


def _scan(files: ImageFiles, folder: Path, *, keep: bool) -> tuple[Tensor | None, str]:
    """Read every image once, so that a bad one is met before training; also their digest."""

    def look(index: int) -> tuple[Tensor | None, str, str]:
        path = files.paths[index]
        name = path.relative_to(folder).as_posix()
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            image = files.read(index)
            return image if keep else None, f"{name}\0{digest}\n", ""
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return None, "", f"{name}: {error}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow decodes outside the interpreter's lock
        looked = list(pool.map(look, range(len(files))))
    bad = [problem for _, _, problem in looked if problem]
    if bad:
        shown = "\n  ".join(bad[:SHOWN] + ([f"… and {len(bad) - SHOWN} more"] if len(bad) > SHOWN else []))
        raise DataError(f"{folder}: {len(bad)} of {len(files)} images cannot be read; mend or remove them:\n  {shown}")
    images = [image for image, _, _ in looked if image is not None]
    digest = hashlib.sha256(f"{files.shape}".encode() + "".join(line for _, line, _ in looked).encode())
    return torch.stack(images) if keep else None, digest.hexdigest()


def _classes(paths: list[Path], folder: Path) -> tuple[Tensor | None, tuple[str, ...]]:
    """The class of an image is the first folder on its way; there are none if images lie right in ``folder``."""
    parts = [path.relative_to(folder).parts for path in paths]
    names = tuple(sorted({part[0] for part in parts if len(part) > 1}))
    if not names or any(len(part) == 1 for part in parts):
        return None, ()
    return torch.tensor([names.index(part[0]) for part in parts]), names
