"""A terminal or a reader of a training may be closed: the training continues, and nothing is lost."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.cli import app
from gancli.cli.signals import SHOW_CURSOR
from tests.reliability.conftest import PACE

HIDE_CURSOR = b"\x1b[?25l"


def replace(number: int, descriptor: int) -> None:
    """Have stdout, 1, or stderr, 2, go elsewhere."""
    os.dup2(descriptor, number)
    setattr(sys, {1: "stdout", 2: "stderr"}[number], os.fdopen(number, "w", closefd=False, errors="backslashreplace"))


def train(*arguments: object) -> int:
    """The exit code as a shell sees it: what is left in stdout and stderr is written as Python ends."""
    try:
        app([str(argument) for argument in arguments])
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("flags", [[], ["--quiet"]])
def test_nobody_reads_the_path(fork: Any, recipe: Path, whole: Any, outcome: Any, flags: list[str]) -> None:
    """As in ``gan train r.yaml | head -c0``."""

    def body() -> int:
        reader, writer = os.pipe()
        os.close(reader)
        replace(1, writer)
        return train("train", recipe, *PACE, "--out", "run", *flags)

    assert fork(body) == 0
    assert outcome(Path("run")) == whole


@pytest.mark.parametrize("call", [1, 3, 12])
@pytest.mark.parametrize("received", [None, signal.SIGTERM], ids=["to the end", "and SIGTERM"])
def test_the_reader_of_the_display_goes_away(
    fork: Any, before: Any, command: Any, recipe: Path, whole: Any, outcome: Any, call: int, received: int | None
) -> None:
    """As in ``gan train r.yaml 2>&1 | head -1``, in the first, the second and the last step."""

    def body() -> int:
        reader, writer = os.pipe()
        replace(2, writer)

        def go_away(n: int) -> None:
            if n == call:
                os.close(reader)
                if received:
                    os.kill(os.getpid(), received)

        before("gancli.training.algorithm.descend", go_away)
        return train("train", recipe, *PACE, "--out", "run")

    assert fork(body) == (128 + received if received and call < 12 else 0)
    assert command("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == whole


def test_the_disk_of_the_log_is_full(fork: Any, recipe: Path, whole: Any, outcome: Any) -> None:
    def body() -> int:
        replace(2, os.open("/dev/full", os.O_WRONLY))
        return train("train", recipe, *PACE, "--out", "run")

    assert fork(body) == 0
    assert outcome(Path("run")) == whole


def test_an_error_keeps_its_exit_code_when_nobody_reads_it(fork: Any) -> None:
    def body() -> int:
        reader, writer = os.pipe()
        os.close(reader)
        replace(2, writer)
        return train("train", "nowhere")

    assert fork(body) == 2


def on_a_terminal(start: Any, body: Callable[[int], int]) -> tuple[int, int]:
    """A copy of this process whose stderr is a terminal, and that terminal's other end; ``body`` is given it too."""
    ours, theirs = os.openpty()

    def run() -> int:
        os.setsid()
        os.environ["TERM"] = "xterm-256color"
        replace(2, theirs)
        return body(ours)

    child = start(run)
    os.close(theirs)
    return child, ours


def shown(terminal: int) -> bytes:
    """All that a terminal has shown by the time its program ends."""
    content = b""
    while True:
        try:
            content += os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody has it open any more
            os.close(terminal)
            return content


def test_the_live_display_says_how_to_go_on(start: Any, end: Any, before: Any, recipe: Path) -> None:
    def body(terminal: int) -> int:
        os.close(terminal)
        before("gancli.training.algorithm.descend", lambda n: os.kill(os.getpid(), signal.SIGINT) if n == 5 else None)
        return train("train", recipe, *PACE, "--out", "a run")

    child, terminal = on_a_terminal(start, body)
    screen = shown(terminal)
    assert end(child) == 130
    assert b"Ctrl-C saves and stops" in screen
    assert screen.endswith(b"stopped at step 3 and saved; resume with: gan train --resume 'a run'\r\n")
    assert screen.rindex(SHOW_CURSOR) > screen.rindex(HIDE_CURSOR)


def test_the_second_signal_leaves_a_cursor(start: Any, end: Any, before: Any, recipe: Path) -> None:
    def body(terminal: int) -> int:
        os.close(terminal)
        before(
            "gancli.run.after_step.AfterStep.save", lambda n: [os.kill(os.getpid(), signal.SIGINT) for _ in range(2)]
        )
        return train("train", recipe, *PACE, "--out", "run")

    child, terminal = on_a_terminal(start, body)
    screen = shown(terminal)
    assert end(child) == 130
    assert screen.rindex(SHOW_CURSOR) > screen.rindex(HIDE_CURSOR)


def test_the_terminal_is_closed(
    start: Any, end: Any, before: Any, command: Any, recipe: Path, whole: Any, outcome: Any
) -> None:
    """As when a connection is lost: the terminal cannot be written to any more, and SIGHUP comes."""

    def body(terminal: int) -> int:
        def hang_up(n: int) -> None:
            if n == 5:
                os.close(terminal)
                os.kill(os.getpid(), signal.SIGHUP)

        before("gancli.training.algorithm.descend", hang_up)
        return train("train", recipe, *PACE, "--out", "run")

    child, terminal = on_a_terminal(start, body)
    os.close(terminal)  # theirs is the last one then
    assert end(child) == 129
    assert outcome(Path("run")).step == 3
    assert command("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == whole
