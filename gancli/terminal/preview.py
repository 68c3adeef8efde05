"""Pictures in a terminal: by its own protocol, or two pixels a character, as the colours of a half block."""

import sys
from contextlib import suppress

import numpy as np
from PIL import Image
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from gancli.sampling.images import Pixels
from gancli.terminal import pictures
from gancli.terminal.output import clear_terminal, ignore_broken_stderr
from gancli.terminal.protocols import protocol

SHOWN_SIDE = 480  # pixels that a small picture is enlarged to
CHARACTER_WIDTH = 8  # pixels, of a terminal that does not say it
ENCODERS = {"kitty": pictures.kitty, "iterm": pictures.iterm, "sixel": pictures.sixel}


def show(pixels: Pixels) -> None:
    """Draw a picture on stderr; in a file or a pipe, as half blocks."""
    clear_terminal()
    console = Console(stderr=True)
    wanted = protocol() if console.is_terminal else "blocks"
    if wanted == "blocks":
        console.print(half_blocks(pixels, console.width))
        return
    with ignore_broken_stderr():
        sys.stderr.write(ENCODERS[wanted](fitted(pixels, _width_in_pixels(console.width))) + "\n")
        sys.stderr.flush()


def fitted(pixels: Pixels, width: int) -> Pixels:
    """A picture enlarged by a whole factor if it is small, and shrunk if it is wider than ``width``."""
    times = min(SHOWN_SIDE // max(pixels.shape[:2]), width // pixels.shape[1])
    if times >= 1:
        return pixels.repeat(times, axis=0).repeat(times, axis=1)
    if pixels.shape[1] <= width:
        return pixels
    height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))


def _width_in_pixels(columns: int) -> int:
    """Of the terminal, as the system knows it without asking the terminal."""
    with suppress(OSError, ImportError, ValueError):
        import struct
        from fcntl import ioctl
        from termios import TIOCGWINSZ

        _, _, width, _ = struct.unpack("4H", ioctl(sys.stderr.fileno(), TIOCGWINSZ, bytes(8)))
        if width:
            return int(width)
    return columns * CHARACTER_WIDTH


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
