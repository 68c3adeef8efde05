"""Pictures as the bytes that draw them in a terminal.

kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/; iTerm2: https://iterm2.com/documentation-images.html; sixel:
https://vt100.net/docs/vt3xx-gp/chapter14.html. Libraries for them ask the terminal at import, or need one in C.
"""

from base64 import b64encode

import numpy as np
from PIL import Image

from gancli.sampling.images import Pixels, to_png

CHUNK = 4096  # characters of base64 in one command of kitty
SIX = 6  # rows of pixels in one row of characters
COLOURS = 256


def kitty(pixels: Pixels) -> str:
    """By kitty's protocol: a PNG in chunks; q=2 asks for no answer, which would come as input."""
    content = b64encode(to_png(pixels)).decode()
    chunks = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
    keys = ["a=T,f=100,q=2,", *[""] * (len(chunks) - 1)]
    last = len(chunks) - 1
    return "".join(
        f"\x1b_G{key}m={int(number < last)};{chunk}\x1b\\"
        for number, (key, chunk) in enumerate(zip(keys, chunks, strict=True))
    )


def iterm(pixels: Pixels) -> str:
    """By iTerm2's protocol: a PNG."""
    png, (height, width) = to_png(pixels), pixels.shape[:2]
    arguments = f"inline=1;size={len(png)};width={width}px;height={height}px"
    return f"\x1b]1337;File={arguments}:{b64encode(png).decode()}\x07"


def sixel(pixels: Pixels) -> str:
    """As sixels: for every six rows and every colour in them, a row of characters of six pixels each."""
    image = Image.fromarray(pixels).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    palette = np.asarray(image.getpalette()).reshape(-1, 3)
    numbers = np.asarray(image)  # (H, W)
    height, width = numbers.shape
    defined = "".join(f"#{number};2;{';'.join(map(str, _percent(palette[number])))}" for number in np.unique(numbers))
    rows = "-".join(_sixel_row(numbers[top : top + SIX]) for top in range(0, height, SIX))
    return f'\x1bP0;1;0q"1;1;{width};{height}{defined}{rows}\x1b\\'


def _percent(colour: np.ndarray) -> list[int]:
    return [round(int(value) * 100 / 255) for value in colour]


def _sixel_row(rows: np.ndarray) -> str:
    weights = 1 << np.arange(len(rows))
    drawn = []
    for number in np.unique(rows):
        characters = ((rows == number) * weights[:, None]).sum(0) + 63
        drawn.append(f"#{number}{_repeated(characters)}")
    return "$".join(drawn)


def _repeated(characters: np.ndarray) -> str:
    """Characters with ``!n`` before one that comes n times."""
    starts = np.flatnonzero(np.diff(characters, prepend=-1))
    counts = np.diff(starts, append=len(characters))
    return "".join(
        f"!{count}{chr(character)}" if count > 3 else chr(character) * count
        for character, count in zip(characters[starts], counts, strict=True)
    )
