"""Names above the columns of a picture."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

LETTER_HEIGHT = 15  # pixels of a letter's height
LEAST = 10  # that a column must be wide for anything to be read above it
LONGEST = 170  # pixels of a name; what is longer is cut
PAD = 4

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def name_columns(sheet: np.ndarray, names: Sequence[str], first: int, width: int) -> np.ndarray:
    """A picture with a strip of names above it, which is otherwise unchanged.

    All names are turned if one of them is wider than its column.

    Args:
        sheet: of shape (H, W[, 3]), uint8.
        names: one a column.
        first: where the first column begins, in pixels.
        width: from one column to the next.
    """
    if width < LEAST or not names:
        return sheet
    font = _font(min(LETTER_HEIGHT, width))
    shown = [_cut(name, font) for name in names]
    turned = max(font.getlength(name) for name in shown) > width - PAD
    words = [_written(name, font, turned=turned) for name in shown]
    height = max(word.height for word in words) + PAD
    strip = Image.new("L", (sheet.shape[1], height))
    for index, word in enumerate(words):
        left = first + index * width + (width - word.width - first) // 2
        strip.paste(word, (left, height - word.height if turned else PAD // 2))
    above = np.asarray(strip)
    return np.concatenate([above if sheet.ndim == 2 else above[..., None].repeat(3, 2), sheet])


def _cut(name: str, font: Font) -> str:
    """As much of a name as there is room for."""
    if font.getlength(name[:LONGEST]) <= LONGEST and len(name) <= LONGEST:
        return name
    kept = name[:LONGEST]
    while kept and font.getlength(f"{kept}…") > LONGEST:
        kept = kept[:-1]
    return f"{kept}…"


def _written(text: str, font: Font, *, turned: bool) -> Image.Image:
    """White letters on black, as high as letters can be, so that all stand on one line; or upwards."""
    _, top, _, bottom = font.getbbox("Åjgy|")
    image = Image.new("L", (max(1, round(font.getlength(text))), round(bottom - min(0, top)) + 1))
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=font)
    return image.transpose(Image.Transpose.ROTATE_90) if turned else image


@cache
def _font(size: int) -> Font:
    """DejaVu, which has most alphabets; it lies in matplotlib's folder, which need not be imported for that."""
    spec = find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        try:
            return ImageFont.truetype(Path(folder, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf"), size)
        except (OSError, ImportError):  # it was moved, or Pillow was built without FreeType
            break
    return ImageFont.load_default()
