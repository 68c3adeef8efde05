"""``gan sample`` draws any number in little memory, the same bytes every time, to a file, a pipe or a terminal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Gan = Callable[..., Any]
OnTerminal = Callable[..., tuple[int, str]]
GAN = [sys.executable, "-m", "gancli"]


def without_progress(stderr: str) -> str:
    """Without the lines that a slow machine is given while it loads PyTorch or draws; in ASCII, … is an escape."""
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if not line.rstrip().endswith(("…", "\\u2026")))


def test_a_seed_is_the_same_bytes_every_time_and_in_every_process(gan: Gan, digits_run: Path) -> None:
    for path in ("1.png", "2.png", "3.png", "other.png"):
        gan("sample", digits_run, "--n", 70, "--seed", 8 if path == "other.png" else 7, "--out", path)
    first, *same, other = (Path(path).read_bytes() for path in ("1.png", "2.png", "3.png", "other.png"))
    assert [first, first] == same
    assert first != other
    # Another process, with other hashes, and with a locale in which the path is no text.
    path = os.fsdecode(b"\xf0\x9f\xa6\x8a caf\xe9.png")
    plain = os.environ | {"PYTHONHASHSEED": "5", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [*GAN, "sample", str(digits_run), "--n", "70", "--seed", "7", "--out", path]
    done = subprocess.run(command, capture_output=True, env=plain, check=False)
    assert (done.returncode, done.stdout) == (0, os.fsencode(path) + b"\n")
    assert without_progress(done.stderr.decode("ascii")) == ""
    assert Path(path).read_bytes() == first


@pytest.mark.parametrize("command", [["sample", "--n", "70"], ["interpolate", "--steps", "9"]], ids=lambda it: it[0])
@pytest.mark.parametrize("of", ["digits_run", "points_run"])
def test_a_dash_is_the_picture_on_stdout_and_nothing_else(
    gan: Gan, request: pytest.FixtureRequest, command: list[str], of: str
) -> None:
    run = request.getfixturevalue(of)
    result = gan(*command, run, "--out", "-", "--show")
    assert result.exit_code == 0
    assert "▀" in result.stderr
    gan(*command, run, "--out", "x.png")
    assert result.stdout_bytes == Path("x.png").read_bytes()
    assert list(Path().iterdir()) == [Path("x.png")]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--out", "-", "--json"], "both go to stdout"),
        (["--out", "-", "--n", "60000"], "-: a grid of 60,000 images would have 54 megapixels"),
        (["--out", "x.png", "--n", "60000"], "hold any number"),
        (["--n", "0"], "Invalid value for '--n'"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_drawn(
    gan: Gan, digits_run: Path, flags: list[str], message: str
) -> None:
    result = gan("sample", digits_run, *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert list(Path().iterdir()) == []


def test_a_terminal_gets_no_picture(on_terminal: OnTerminal, digits_run: Path) -> None:
    code, seen = on_terminal(*GAN, "sample", str(digits_run), "--out", "-")
    assert code == 2
    assert "a terminal cannot show a PNG" in seen


def nobody_reads() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    os.dup2(theirs, 1)


@pytest.mark.parametrize(("out", "closing"), [("-", nobody_reads), ("x.png", partial(os.close, 1))], ids=["-", "x.png"])
def test_nobody_on_the_other_side_is_no_error(digits_run: Path, out: str, closing: Callable[[], None]) -> None:
    command = [*GAN, "sample", str(digits_run), "--n", "2000", "--out", out]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=closing)
    assert (done.returncode, without_progress(done.stderr)) == (0, "")


INTERRUPTIBLE = """
import signal, sys
from gancli.cli import app
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
app(["sample", sys.argv[1], "--n", "10000000", "--out", "new/x.npz"])
"""


def test_an_interrupted_drawing_leaves_nothing(digits_run: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTIBLE, str(digits_run)])
    try:
        while process.poll() is None and not any(path.stat().st_size for path in Path("new").glob("*")):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=300) == 130
    finally:
        process.kill()
    assert list(Path("new").iterdir()) == []


MEMORY = """
import sys
from gancli.cli import app
for n in ("64", sys.argv[2]):
    try:
        app(["sample", sys.argv[1], "--n", n, "--out", "x.npz", "--force"])
    except SystemExit as end:
        assert not end.code
    # Not the peak of getrusage, which begins with that of the process that started this one.
    (peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(peak, file=sys.stderr)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew from what is held now
"""


@pytest.mark.parametrize("n", [50_000, pytest.param(1_000_000, marks=pytest.mark.full)])
def test_any_number_is_drawn_in_little_memory(digits_run: Path, n: int) -> None:
    command = [sys.executable, "-c", MEMORY, str(digits_run), str(n)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    few, many = (int(line) for line in done.stderr.splitlines() if line.isdecimal())  # the others say how far it is
    assert many - few < 30_000  # kB; 50,000 such images have 39,200 as bytes, 156,800 as numbers
    with np.load("x.npz") as arrays:
        assert arrays["images"].shape == (n, 28, 28)
        assert arrays["labels"][-1] == (n - 1) % 10
