"""What takes long says how far it is, whoever listens: the command line, or nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, float | None], None]  # is told what is done, "" for nothing, and the share of it that is


def nobody(doing: str, share: float | None) -> None:
    """Listen to nothing."""


_listener: ContextVar[Listener] = ContextVar("listener", default=nobody)


@contextmanager
def task(doing: str) -> Iterator[Callable[[float], None]]:
    """Something that may take long, "reading 900 images" say; gives a function that takes the share that is done."""
    listener = _listener.get()
    listener(doing, None)
    try:
        yield lambda share: listener(doing, share)
    finally:
        listener("", None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Within it, ``listener`` is told of the tasks of this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
