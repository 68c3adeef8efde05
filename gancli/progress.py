"""Progress of slow tasks: a task reports its name and its share done to a listener, if there is one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, float | None], None]  # takes the task, "" for none, and the share of it that is done


def ignore(doing: str, share: float | None) -> None:
    """A listener that shows nothing."""


_listener: ContextVar[Listener] = ContextVar("listener", default=ignore)
_doing: ContextVar[str] = ContextVar("doing", default="")


@contextmanager
def task(doing: str) -> Iterator[Callable[[float], None]]:
    """Report a task, such as "reading 900 images", until the block ends; gives a function that takes the share done.

    A task within a task is shown in its place.
    """
    listener, outer = _listener.get(), _doing.get()
    token = _doing.set(doing)
    listener(doing, None)
    try:
        yield lambda share: listener(doing, share)
    finally:
        _doing.reset(token)
        listener(outer, None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, ``listener`` gets the tasks of this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
