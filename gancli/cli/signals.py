"""Signals to stop a training: before the first step it ends at once; later it finishes the step and saves."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gancli.terminal.output import ignore_broken_stderr

SHOW_CURSOR = b"\x1b[?25h"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """A signal has ended the current task; raised anywhere, as KeyboardInterrupt is."""


class Stop:
    """The signal that was received, if there was one; the second one ends the process at once.

    Args:
        at_second: False ignores further signals, for torchrun may pass on one that its processes have received too.
    """

    def __init__(self, *, at_second: bool = True) -> None:
        self._at_second = at_second
        self.number = 0  # none so far
        self.waits = False  # or it raises Stopped

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: raise Stopped, or leave it to the caller, who reads ``number`` after this step."""
        if self.number and self._at_second:
            os._exit(128 + number)
        if self.number:
            return
        self.number = number
        if sys.stderr and sys.stderr.isatty():
            with ignore_broken_stderr():
                os.write(2, SHOW_CURSOR)  # a display hides it, and the second signal would leave it so
        if not self.waits:
            raise Stopped

    @contextmanager
    def after_the_step(self) -> Iterator[None]:
        """A context in which a signal only sets ``number``."""
        before, self.waits = self.waits, True
        try:
            yield
        finally:
            self.waits = before

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """A context in which a signal raises Stopped, and so does one that came before."""
        before, self.waits = self.waits, False
        try:
            if self.number:
                raise Stopped
            yield
        finally:
            self.waits = before

    @property
    def exit_code(self) -> int:
        """The exit code that a shell gives: 130 for SIGINT."""
        return 128 + self.number


@contextmanager
def stopping(*, at_second: bool = True) -> Iterator[Stop]:
    """Handle the signals to stop; at first, one of them raises Stopped at once.

    Args:
        at_second: whether the second one ends the process.
    """
    stop = Stop(at_second=at_second)
    # An ignored signal stays ignored: nohup ignores the end of the terminal.
    wanted = [number for number in STOPPING if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop.receive) for number in wanted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
