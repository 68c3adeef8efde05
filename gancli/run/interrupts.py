"""Ctrl-C in a training of the library: the step is finished first, as ``gan train`` does it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Delays KeyboardInterrupt to the end of a step; a second Ctrl-C interrupts at once.

    Handlers that somebody else has set, as the command line does, are left alone.
    """

    def __init__(self) -> None:
        self._has_come = False

    @contextmanager
    def after_the_step(self) -> Iterator[None]:
        """A context at whose end KeyboardInterrupt is raised, if Ctrl-C came meanwhile."""
        self._has_come = False
        is_main = threading.current_thread() is threading.main_thread()  # another one has no signals
        if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._receive)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._has_come:
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """A context that Ctrl-C interrupts at once, also one that came before; for work that can be done again."""
        if self._has_come:
            raise KeyboardInterrupt
        waits = signal.getsignal(signal.SIGINT) == self._receive
        if waits:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            if waits:
                signal.signal(signal.SIGINT, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._has_come = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
