"""What a command says on stdout and stderr: paths, names from strangers, pictures."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gancli.errors import UsageError, printable

Moved = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Where files are now: dataset.root=/data/photos, say."),
]

STDOUT = Path("-")


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
def ignore_broken_stderr() -> "Iterator[None]":
    """Go on although stderr cannot be written to: its reader, its terminal or its disk's space has gone.

    From then on it goes nowhere.
    """
    try:
        yield
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def say(text: str) -> None:
    """Write a line to stderr, if anybody still reads it."""
    with ignore_broken_stderr():
        typer.echo(text, err=True)


def note(text: str) -> None:
    """Tell the user something on stderr that is no failure."""
    say(f"note: {printable(text)}")


def write_stdout(content: bytes) -> None:
    """Write bytes, and nothing else, to stdout."""
    typer.echo(content, nl=False)
