"""Images with 16 bits a value: how many of the bits are used, and down to eight of them.

A camera or a microscope of 12 bits writes files of 16, whose largest value is 4,095 and not 65,535: read as 16 bits
they are almost black. Few files say how many bits they use. (PNG's sBIT does not help: the values beside it have 16
bits all the same.)
"""

from typing import Literal

import numpy as np
from PIL import Image

DEPTHS = (8, 10, 12, 14, 16)  # bits of the sensors there are
Bits = Literal[8, 10, 12, 14, 16]
WHITE_IS_ZERO = 0  # of TIFF's photometric interpretation


def is_deep(opened: Image.Image) -> bool:
    """True if an image that is not loaded yet has 16 bits a value in its file."""
    if opened.mode.startswith("I;16") or (opened.mode == "I" and opened.format == "PPM"):
        return True
    arguments = _arguments(opened)
    return any(isinstance(argument, str) and ";16" in argument for argument in arguments) or _maximum(opened) > 255


def declared_bits(opened: Image.Image) -> int | None:
    """The bits a value that a file of a smaller range says it has, once Pillow has read it; None for any other file."""
    if _maximum(opened):
        return 16 if _maximum(opened) < 65535 else None  # Pillow has stretched them already
    tags = getattr(opened, "tag_v2", {})
    bits = tags.get(258, (16,))[0]  # BitsPerSample
    return bits if 8 < bits < 16 else None


def _arguments(opened: Image.Image) -> tuple[object, ...]:
    """The arguments of Pillow's decoder, among them the layout of the values in the file."""
    tiles = getattr(opened, "tile", None)
    arguments = tiles[0].args if tiles else ()
    return arguments if isinstance(arguments, tuple) else (arguments,)


def _maximum(opened: Image.Image) -> int:
    """The white of a PPM file, whose values Pillow stretches; 0 for any other."""
    numbers = [argument for argument in _arguments(opened) if isinstance(argument, int)]
    return numbers[0] if numbers and opened.format == "PPM" and _arguments(opened)[0] in ("L", "RGB") else 0


def used_bits(image: Image.Image) -> int:
    """The smallest usual number of bits that holds the largest value of a loaded image with 16 bits a value.

    Of colour, Pillow keeps the upper eight bits, so the largest value is not known to the last bit.
    """
    if is_grey(image):
        largest = int(np.asarray(image).max())
    else:
        bands = zip(image.getbands(), image.split(), strict=True)
        highest = max(int(np.asarray(values).max()) for band, values in bands if band != "A")
        largest = (highest << 8) + 255 if highest else 0
    return next(bits for bits in DEPTHS if largest < 2**bits)


def is_grey(image: Image.Image) -> bool:
    """True if a loaded image is grey and still has its 16 bits."""
    return image.mode.startswith("I")


def to_eight_bits(image: Image.Image, bits: int, *, white_is_zero: bool = False) -> Image.Image:
    """The upper eight of ``bits`` bits of a grey image."""
    values = np.asarray(image).clip(0, 2**bits - 1)
    if white_is_zero:
        values = 2**bits - 1 - values
    return Image.fromarray((values >> (bits - 8)).astype(np.uint8))
