"""From a file that may be anything to the pixels of an image, or an error that says what is wrong with it."""

import io
import stat
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")  # the only decoders that a file from a stranger reaches
MAX_PIXELS = 50_000_000  # a larger one is a mistake or an attack
MAX_BYTES = 2**28  # of a file: MAX_PIXELS in colour, not compressed, and room to spare
REASON = 200  # characters of an error


def read_file(path: Path) -> bytes:
    """The bytes of a regular file; ValueError or OSError for anything else, without waiting for a pipe's writer."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is no regular file")
    if status.st_size > MAX_BYTES:
        raise ValueError(f"holds {status.st_size:,} bytes; at most {MAX_BYTES:,} are read")
    return path.read_bytes()


def decode(raw: bytes, size: int, channels: int) -> Tensor:
    """The centred square of an image, of shape (C, size, size), uint8; the first picture of an animation.

    Its orientation tag is obeyed and transparency is white. Raises almost anything if the image is damaged, and may
    warn: see ``explain``, and call it where warnings are ignored.
    """
    with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{opened.width}×{opened.height} pixels; at most {MAX_PIXELS:,} are read")
        image = _flatten(ImageOps.exif_transpose(opened))
    image = ImageOps.fit(image.convert("RGB" if channels == 3 else "L"), (size, size), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(image)).reshape(size, size, channels).permute(2, 0, 1)


def _flatten(image: Image.Image) -> Image.Image:
    """Eight bits a channel, on white."""
    if image.mode in ("I", "F"):
        raise ValueError("has pixels of 32 bits, whose range is unknown; save it with 8 or 16 bits")
    if image.mode.startswith("I;16"):  # Pillow would clip, not scale, 16 bits
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image


def explain(error: Exception) -> str:
    """What is wrong with a file, in a line, from what ``read_file`` or ``decode`` raised."""
    if isinstance(error, UnidentifiedImageError):
        return f"is none of {', '.join(FORMATS)}"
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason[:REASON] or type(error).__name__
