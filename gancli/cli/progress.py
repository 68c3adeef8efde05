"""What is done now, on stderr: a line that goes away on a terminal, else a plain line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gancli.cli.output import say
from gancli.errors import printable

PATIENCE_SECONDS = 1.0  # what is done by then needs no line
PLAIN_SECONDS = 10.0


@contextmanager
def doing(what: str) -> Iterator[Callable[[str], None]]:
    """Gives a function that is told how far ``what`` is."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainLines(what)
        return
    with console.status(Text(what)) as shown:
        yield lambda text: shown.update(Text(f"{what}: {text}"))


class PlainLines:
    """Writes a line after a second, and then every ten; what is told more often is not written."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.next = time.monotonic() + PATIENCE_SECONDS

    def __call__(self, text: str) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + PLAIN_SECONDS
        say(printable(f"{self.what}: {text}"))
