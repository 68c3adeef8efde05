"""What a command says on stdout and stderr: paths, names from strangers, pictures, and how long it will take."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from gancli.errors import UsageError, printable

Moved = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Where files are now: dataset.root=/data/photos, say."),
]

STDOUT = Path("-")
PATIENCE_SECONDS = 1.0  # what is done by then needs no bar
PLAIN_PATIENCE_SECONDS = 2.0  # nor a line
PLAIN_SECONDS = 10.0  # from one line to the next

Part = TypeVar("Part")


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()  # None: the shell has closed it


def print_path(path: Path) -> None:
    """Print a path: its very bytes, whatever the locale, but nothing that a terminal would obey."""
    typer.echo(printable(str(path)) if _is_terminal() else os.fsencode(path))


def check_stdout(*, json: bool) -> None:
    """Refuse, with UsageError, to write a picture to stdout if it is a terminal or is wanted for JSON."""
    if json:
        raise UsageError("--out -: the picture goes to stdout, where --json goes too; leave one of them out")
    if _is_terminal():
        raise UsageError("--out -: a terminal shows no PNG; send it on, as in '--out - > x.png', or give --show")


@contextmanager
def outlived() -> "Iterator[None]":
    """Go on although stderr cannot be written to: its reader, its terminal or its disk's space has gone.

    From then on it goes nowhere.
    """
    try:
        yield
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def say(text: str) -> None:
    """Write a line to stderr, if anybody still reads it."""
    with outlived():
        typer.echo(text, err=True)


def note(text: str) -> None:
    """Tell the user something on stderr that is no failure."""
    say(f"note: {printable(text)}")


def write_stdout(content: bytes) -> None:
    """Write bytes, and nothing else, to stdout."""
    typer.echo(content, nl=False)


@contextmanager
def progress(
    parts: "Iterable[Part]", total: int, doing: str, size: "Callable[[Part], int]" = lambda part: 1
) -> "Iterator[Iterator[Part]]":
    """The same parts, of ``total`` in all; once it takes a while, stderr shows how many of them are done.

    A terminal has a bar, which goes away; anything else gets a line now and then.
    """
    shown = _Bar(total, doing) if _shows_bars() else _Lines(total, doing)

    def counted() -> "Iterator[Part]":
        for part in parts:
            yield part
            shown.advance(size(part))

    try:
        yield counted()
    finally:
        shown.stop()


def _shows_bars() -> bool:
    """Asked before rich is imported, which takes a while itself."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


class _Lines:
    """Plain lines on how far something is."""

    def __init__(self, total: int, doing: str) -> None:
        self.total, self.doing, self.done = total, doing, 0
        self.due = time.monotonic() + PLAIN_PATIENCE_SECONDS

    def advance(self, steps: int) -> None:
        self.done += steps
        if self.done < self.total and time.monotonic() > self.due:
            self.due = time.monotonic() + PLAIN_SECONDS
            say(f"{self.doing}: {self.done:,} of {self.total:,}")

    def stop(self) -> None:
        pass


class _Bar:
    """A bar on a terminal."""

    def __init__(self, total: int, doing: str) -> None:
        self.total, self.doing, self.done = total, doing, 0
        self.due = time.monotonic() + PATIENCE_SECONDS
        self.bar: Any = None

    def advance(self, steps: int) -> None:
        self.done += steps
        if self.bar is None and time.monotonic() > self.due:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(self.doing, markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self.bar.add_task(self.doing, total=self.total)
            self.bar.start()
        if self.bar is not None:
            self.bar.update(0, completed=self.done)

    def stop(self) -> None:
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def status() -> "Iterator[Callable[[str], None]]":
    """Gives a function that says what is done now: on a terminal, in a line that goes away; else nowhere."""
    if not _shows_bars():
        yield lambda doing: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("") as shown:
        yield lambda doing: shown.update(Text(doing))
