"""The output of a command: results on stdout, everything else on stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from json import dumps
from pathlib import Path
from typing import Any, TextIO

import typer

from gancli.errors import UsageError, printable, printable_lines

STDOUT = Path("-")


_results: ContextVar[TextIO | None] = ContextVar("results")  # stdout; None: the shell has closed it


@contextmanager
def stdout_for_results() -> Iterator[None]:
    """A context in which stdout is for results alone: other output, such as a plugin's, goes to stderr."""
    stdout = sys.stdout
    with ExitStack() as stack:
        results = stack.enter_context(_away_from_descriptor(stdout)) if _is_descriptor_1(stdout) else stdout
        token = _results.set(results)
        sys.stdout = sys.stderr
        try:
            yield
        finally:
            sys.stdout = stdout
            _results.reset(token)


def _is_descriptor_1(stdout: TextIO | None) -> bool:
    """Whether output of C libraries goes to this stream too, and there is a stderr to redirect it to."""
    try:
        return stdout is not None and stdout.fileno() == 1 and sys.stderr is not None and sys.stderr.fileno() == 2
    except (OSError, ValueError):  # a test's stdout, a notebook's
        return False


@contextmanager
def _away_from_descriptor(stdout: TextIO) -> Iterator[TextIO]:
    """Redirect descriptor 1 to stderr; returns a file that writes to the former stdout."""
    stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    results = os.fdopen(kept, "w", encoding=stdout.encoding, errors=stdout.errors)
    try:
        yield results
        results.flush()
    finally:
        os.dup2(kept, 1)
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is wanted
            os.dup2(nowhere.fileno(), kept)  # after an error, unwritten output is dropped
        results.close()


_clear: ContextVar[Callable[[], None]] = ContextVar("clear", default=lambda: None)


@contextmanager
def cleared_by(clear: Callable[[], None]) -> Iterator[None]:
    """Within the block, ``clear`` is called before anything is printed: it takes away what moves on the terminal."""
    token = _clear.set(clear)
    try:
        yield
    finally:
        _clear.reset(token)


def clear_terminal() -> None:
    """Take away what moves on the terminal, before something is printed."""
    _clear.get()()


def results_file() -> TextIO | None:
    """The stream of results: the stdout that the command was started with; None if the shell has closed it."""
    return _results.get(sys.stdout)


def result(text: str | bytes, *, newline: bool = True) -> None:
    """Write a result to stdout."""
    clear_terminal()
    if (file := results_file()) is not None:
        typer.echo(text, file=file, nl=newline)


def print_json(value: Any, *, indent: int | None = None, ensure_ascii: bool = True) -> None:
    """Write a value to stdout as JSON, laid out as ``json.dumps`` does it."""
    result(dumps(value, indent=indent, ensure_ascii=ensure_ascii))


def print_text(text: str) -> None:
    """Write a text of many lines to stdout, each as a terminal may see it."""
    result(printable_lines(text))


def is_terminal() -> bool:
    """Whether results go to a terminal."""
    file = results_file()
    return file is not None and file.isatty()


def print_path(path: Path) -> None:
    """Print a path: its very bytes, whatever the locale, but nothing that a terminal would obey."""
    result(printable(str(path)) if is_terminal() else os.fsencode(path))


def check_stdout(*, json: bool) -> None:
    """Refuse, with UsageError, to write a picture to stdout if it is a terminal or is wanted for JSON."""
    if json:
        raise UsageError("--out -: the picture and --json both go to stdout; leave one of them out")
    if is_terminal():
        raise UsageError("--out -: a terminal cannot show a PNG; redirect it, as in '--out - > x.png', or use --show")


@contextmanager
def ignore_broken_stderr() -> "Iterator[None]":
    """Ignore that stderr cannot be written to, since its reader or terminal has gone, or its disk is full.

    From then on, what is written to stderr is dropped.
    """
    try:
        yield
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def say(text: str) -> None:
    """Write a line to stderr, if anybody still reads it."""
    clear_terminal()
    with ignore_broken_stderr():
        typer.echo(text, err=True)


def note(text: str) -> None:
    """Write a notice, which is not a failure, to stderr."""
    say(f"note: {printable(text)}")


def write_stdout(content: bytes) -> None:
    """Write bytes, and nothing else, to stdout."""
    result(content, newline=False)
