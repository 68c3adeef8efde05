"""Decoding of an untrusted file into the pixels of an image, or into an error that names the problem."""

import io
import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageOps, JpegImagePlugin, UnidentifiedImageError, features
from torch import Tensor

from gancli.data.depth import WHITE_IS_ZERO, declared_bits, is_deep, is_grey, to_eight_bits, used_bits
from gancli.data.fitting import Fit, Sides
from gancli.data.frames import Frame, Whole
from gancli.data.frames import Shape as Shape
from gancli.data.png import pixels_alone

# The only decoders that a file from a stranger reaches: of pixels, none of which starts a program or runs a script.
# A file with one of these endings may be in any of these formats: a JPEG that is called .png is common.
COMMON = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".mpo"),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
}
# Rare formats, and formats that many other bytes look like: read only from files with their own ending.
RARE = {
    "DIB": (".dib",),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PCX": (".pcx",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "QOI": (".qoi",),
    "SGI": (".sgi", ".rgb", ".rgba", ".bw"),
    "TGA": (".tga", ".icb", ".vda", ".vst"),
}
OPTIONAL = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}  # a build of Pillow may lack them
LACKING = {name for name, feature in OPTIONAL.items() if not features.check(feature)}
IMAGE_FORMATS = tuple(name for name in COMMON if name not in LACKING)
FORMAT_OF = {ending: name for name, endings in (COMMON | RARE).items() for ending in endings if name not in LACKING}
ENDINGS = tuple(FORMAT_OF)
MAX_PIXELS = 50_000_000  # a larger one is a mistake or an attack, or the photograph of a phone, which is a JPEG:
MAX_JPEG_PIXELS = 250_000_000  # that is decoded at a quarter of its sides or less
JPEG = b"\xff\xd8\xff"  # how one begins
MAX_IMAGE_BYTES = 2**28  # MAX_PIXELS in colour, not compressed, and room to spare
MAX_REASON = 200  # characters of an error
TURNED = (5, 6, 7, 8)  # orientations that swap height and width


@dataclass(frozen=True)
class Decoded:
    """The pixels of an image as its frame makes them, its size in the file, and the bits that its values used."""

    pixels: Tensor
    sides: tuple[int, int]  # height and width in the file, upright
    grey_bits: int = 0  # that the values of a grey image of 16 bits use; 0 for any other
    colour_bits: int = 0  # the same of one in colour


def ending_of(name: str) -> str:
    """The ending of a file's name, in lower case and with its dot; empty if it has none. (As pathlib's, but fast.)"""
    stem, _, ending = name.rpartition(".")
    return f".{ending.lower()}" if ending and stem and not stem.endswith("/") and "/" not in ending else ""


def read_file(path: Path | str, status: os.stat_result | None = None) -> bytes:
    """The bytes of a regular file; ValueError or OSError for anything else, without waiting for a pipe's writer.

    Args:
        status: of the file, if it is known.
    """
    status = status or os.stat(path)  # noqa: PTH116 - as fast as can be, for a million files
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is not a regular file")
    if status.st_size > MAX_IMAGE_BYTES:
        raise ValueError(f"holds {status.st_size:,} bytes; at most {MAX_IMAGE_BYTES:,} are read")
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - likewise
        return file.read()


def decode(raw: bytes, shape: Shape, *, fit: Fit = "crop", ending: str = "", bits: int = 16) -> Decoded:
    """``decode_to`` for a whole image, of shape (C, H, W), scaled to that size as ``fit`` says."""
    return decode_to(raw, Whole(shape, fit), ending=ending, bits=bits)


def decode_to(raw: bytes, frame: Frame, *, ending: str = "", bits: int = 16) -> Decoded:
    """The pixels of an image.

    Its orientation tag is obeyed, transparency is white, and an animation is its first picture. Raises almost anything
    if the image is damaged, and may warn: see ``reason_of``, and call it where warnings are ignored.

    Args:
        ending: of the file's name, in lower case and with its dot.
        bits: that the values of a grey image of 16 bits use, unless it says so itself.
    """
    with _open(raw, ending) as opened:
        jpeg_sides = _jpeg_sides(opened)
        _check_size(opened)
        if jpeg_sides:
            _make_smaller(opened, frame.decoded_at(jpeg_sides))
        deep, declared = is_deep(opened), declared_bits(opened)
        upright = _upright(opened)
        used = used_bits(upright) if deep and not declared else 0
        grey = is_grey(upright)
        image = _to_eight_bits(opened, upright, declared or bits) if deep and grey else _flatten(upright)
    sides = jpeg_sides or (upright.height, upright.width)
    return Decoded(frame.pixels(image), sides, grey_bits=used if grey else 0, colour_bits=0 if grey else used)


def _jpeg_sides(opened: Image.Image) -> Sides | None:
    """Height and width of a JPEG in its file, upright; None for any other image, whose orientation is known later."""
    if not isinstance(opened, JpegImagePlugin.JpegImageFile):
        return None
    width, height = opened.size
    is_turned = opened.getexif().get(ExifTags.Base.Orientation) in TURNED
    return (width, height) if is_turned else (height, width)


def _make_smaller(opened: Image.Image, share: float) -> None:
    """Set a JPEG to be decoded at a smaller size, of at least this share of its sides."""
    if share < 1:
        opened.draft(None, (math.ceil(opened.width * share), math.ceil(opened.height * share)))


def _check_size(opened: Image.Image) -> None:
    """Raises ValueError for an image of too many pixels; a large JPEG is set to be decoded smaller."""
    width, height = opened.size
    if width * height <= MAX_PIXELS:
        return
    if isinstance(opened, JpegImagePlugin.JpegImageFile) and width * height <= MAX_JPEG_PIXELS:
        opened.draft(None, (-(-width // 4), -(-height // 4)))
    if opened.width * opened.height > MAX_PIXELS:
        raise ValueError(f"{width}×{height} pixels; at most {MAX_PIXELS:,} are read, make it smaller")


def _open(raw: bytes, ending: str) -> Image.Image:
    if not raw:
        raise ValueError("is empty")
    own = FORMAT_OF.get(ending)
    formats = IMAGE_FORMATS if own is None or own in IMAGE_FORMATS else (*IMAGE_FORMATS, own)
    try:
        return Image.open(io.BytesIO(pixels_alone(raw)), formats=formats)
    except Image.DecompressionBombError:  # Pillow's own limit, which lies below that of a JPEG here
        if raw.startswith(JPEG):
            return JpegImagePlugin.jpeg_factory(io.BytesIO(raw))
        raise ValueError(f"has too many pixels; at most {MAX_PIXELS:,} are read, make it smaller") from None
    except UnidentifiedImageError:
        if raw.startswith((b"II*\0", b"MM\0*")):
            raise ValueError(
                "is a TIFF of a kind that cannot be read here; save it again, for example as PNG"
            ) from None
        raise


def _upright(opened: Image.Image) -> Image.Image:
    """The loaded image, rotated as its orientation tag says."""
    opened.getexif()  # reads the tag; without the rest, Pillow writes no new one, which fails on a damaged one
    opened.info.pop("exif", None)
    opened.load()
    ImageOps.exif_transpose(opened, in_place=True)
    return opened


def _to_eight_bits(opened: Image.Image, upright: Image.Image, bits: int) -> Image.Image:
    tags = getattr(opened, "tag_v2", {})
    return to_eight_bits(upright, bits, white_is_zero=tags.get(262) == WHITE_IS_ZERO)


def _flatten(image: Image.Image) -> Image.Image:
    """An image of eight bits a value, on white."""
    if image.mode in ("I", "F"):
        raise ValueError("has values of 32 bits, or with a sign, whose range is unknown; save it with 8 or 16 bits")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image


def reason_of(error: Exception) -> str:
    """The problem of a file in one line, from the error that ``read_file`` or ``decode`` raised."""
    if isinstance(error, UnidentifiedImageError):
        return f"is none of {', '.join(IMAGE_FORMATS)}"
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason[:MAX_REASON] or type(error).__name__
