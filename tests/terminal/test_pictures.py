"""Pictures in a terminal: decoded again, they are the same, and no terminal is asked anything."""

import base64
import io
import os
import pty
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gancli.errors import UsageError
from gancli.terminal import pictures
from gancli.terminal.preview import fitted
from gancli.terminal.protocols import protocol

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 256, (90, 70, 3), dtype=np.uint8)  # whose PNG needs several chunks
STEPS = np.array([0, 51, 255], np.uint8)[RNG.integers(0, 3, (20, 33, 3))]  # whose levels are whole per cents


def opened(content: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(content, validate=True))) as picture:
        return np.asarray(picture)


def decoded_kitty(text: str) -> np.ndarray:
    commands = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{keys};{chunk}\x1b\\" for keys, chunk in commands) == text
    first, *_ = keys = [dict(key.split("=") for key in command.split(",")) for command, _ in commands]
    assert (first["a"], first["f"], first["q"]) == ("T", "100", "2")
    assert [command["m"] for command in keys] == ["1"] * (len(keys) - 1) + ["0"]
    assert all(len(chunk) <= 4096 and len(chunk) % 4 == 0 for _, chunk in commands)
    return opened("".join(chunk for _, chunk in commands))


def decoded_iterm(text: str) -> np.ndarray:
    match = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", text)
    assert match
    arguments = dict(argument.split("=") for argument in match[1].split(";"))
    found = opened(match[2])
    assert (arguments["inline"], int(arguments["size"])) == ("1", len(base64.b64decode(match[2])))
    assert (arguments["width"], arguments["height"]) == (f"{found.shape[1]}px", f"{found.shape[0]}px")
    return found


def decoded_sixel(text: str) -> np.ndarray:
    match = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', text)
    assert match
    width, height, body = int(match[1]), int(match[2]), match[3]
    canvas, colours, colour, x, y = np.full((height + 6, width, 3), -1), {}, 0, 0, 0
    for token in re.finditer(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|(\$)|(-)|(?:!(\d+))?([?-~])", body):
        if token[1]:
            colours[int(token[1])] = [round(int(percent) * 255 / 100) for percent in token.group(2, 3, 4)]
        elif token[5]:
            colour = int(token[5])
        elif token[6]:
            x = 0
        elif token[7]:
            x, y = 0, y + 6
        else:
            count = int(token[8] or 1)
            for row in range(6):
                if (ord(token[9]) - 63) >> row & 1:
                    canvas[y + row, x : x + count] = colours[colour]
            x += count
            assert x <= width
    assert (canvas[height:] == -1).all()
    return canvas[:height]


def test_kitty_and_iterm_hold_the_same_pixels() -> None:
    for pixels in (NOISE, NOISE[..., 0], NOISE[:3, :2]):
        assert (decoded_kitty(pictures.kitty(pixels)) == pixels).all()
        assert (decoded_iterm(pictures.iterm(pixels)) == pixels).all()
    assert pictures.kitty(NOISE).count("\x1b_G") > 2


def test_sixels_hold_the_same_pixels() -> None:
    for pixels in (STEPS, STEPS[:7], np.zeros((6, 300, 3), np.uint8)):
        assert (decoded_sixel(pictures.sixel(pixels)) == pixels).all()
    grey = decoded_sixel(pictures.sixel(STEPS[..., 0]))
    assert (grey == STEPS[..., :1]).all()
    off = decoded_sixel(pictures.sixel(NOISE)).astype(int) - NOISE  # of 6,300 colours, 256 are left
    assert np.abs(off).mean() < 25
    assert (decoded_sixel(pictures.sixel(NOISE)) >= 0).all()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, "blocks"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "blocks"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, "blocks"),
        ({"TERM": "screen.xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "iterm"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "blocks"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "foot", "GAN_SHOW": "blocks"}, "blocks"),
        ({"TMUX": "/tmp/x", "GAN_SHOW": "sixel"}, "sixel"),
        ({}, "blocks"),
    ],
)
def test_the_terminal_is_recognised(environment: dict[str, str], expected: str) -> None:
    assert protocol(environment) == expected


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(UsageError, match="GAN_SHOW: found 'png', expected kitty, iterm, sixel, blocks"):
        protocol({"GAN_SHOW": "png"})


@pytest.mark.parametrize(("width", "expected"), [(800, (480, 240)), (100, (200, 100)), (10, (20, 10))])
def test_a_picture_fits_the_terminal(width: int, expected: tuple[int, int]) -> None:
    assert fitted(np.zeros((40, 20, 3), np.uint8), width).shape[:2] == expected


def test_a_terminal_gets_the_picture_and_is_asked_nothing() -> None:
    code = "import numpy; from gancli.terminal.preview import show; show(numpy.full((8, 8), 70, numpy.uint8))"
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-kitty"}
    subprocess.run([sys.executable, "-c", code], stderr=theirs, stdin=theirs, env=environment, check=True)
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert (decoded_kitty(text.rstrip("\r\n")) == 70).all()
