"""Pictures in a terminal: two pixels a character, as the colours of a half block."""

import numpy as np
from PIL import Image
from rich.color import Color
from rich.style import Style
from rich.text import Text

from gancli.sampling.images import Pixels


def half_blocks(pixels: Pixels, columns: int, rows: int | None = None) -> Text:
    """A picture as text, shrunk to at most ``columns`` characters and ``rows`` lines."""
    image = Image.fromarray(pixels).convert("RGB")
    scale = min(1.0, columns / image.width, 2 * rows / image.height if rows else 1.0)
    size = max(1, round(image.width * scale)), 2 * max(1, round(image.height * scale / 2))
    array = np.asarray(image.resize(size, Image.Resampling.BOX))
    text = Text(no_wrap=True)
    for upper, lower in zip(array[::2], array[1::2], strict=True):
        for top, bottom in zip(upper.tolist(), lower.tolist(), strict=True):
            text.append("▀", Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*bottom)))
        text.append("\n")
    text.right_crop(1)
    return text
