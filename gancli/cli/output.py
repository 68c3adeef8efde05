"""What a command says on stdout and stderr: paths, names from strangers, pictures, and how long it will take."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from gancli.errors import UsageError, printable

if TYPE_CHECKING:
    from torch import Tensor

Moved = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Where files are now: dataset.root=/data/photos, say."),
]

STDOUT = Path("-")
PATIENCE_SECONDS = 2.0  # what is done by then needs no progress bar
MAX_NAME_BYTES = 80  # two of them, and the rest of a file's name, fit into the 255 of a file system


def file_name(name: str) -> str:
    """A name from a stranger as a part of a file's name: as it is if it is plain, and else different for every name.

    What is no letter, digit, space or one of ``_.-`` becomes ``%2F``, say; a long name is cut, and ends in a number.
    """
    plain = re.sub(r"[^\w .-]", lambda it: quote(it[0], safe="", errors="surrogatepass"), name)
    if len(plain.encode()) <= MAX_NAME_BYTES:
        return plain
    from hashlib import sha256

    start = plain.encode()[: MAX_NAME_BYTES - 17].decode(errors="ignore")
    return f"{start}~{sha256(name.encode(errors='surrogatepass')).hexdigest()[:16]}"


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
def progress(blocks: "Iterator[Tensor]", n: int) -> "Iterator[Iterator[Tensor]]":
    """The same blocks, of ``n`` samples in all; a terminal shows how far they are once that takes a while."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_interactive:
        yield blocks
        return
    bar = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True)
    task, began = bar.add_task("", total=n), time.monotonic()

    def counted() -> "Iterator[Tensor]":
        for block in blocks:
            yield block
            bar.advance(task, len(block))
            if time.monotonic() - began > PATIENCE_SECONDS:
                bar.start()

    try:
        yield counted()
    finally:
        bar.stop()


@contextmanager
def status() -> "Iterator[Callable[[str], None]]":
    """Gives a function that says what is done now: on a terminal, in a line that goes away; else nowhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda doing: None
        return
    with console.status("") as shown:
        yield lambda doing: shown.update(Text(doing))
