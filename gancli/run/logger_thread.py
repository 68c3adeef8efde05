"""A logger in a thread of its own: the training never waits for it, and an error in it is only reported."""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gancli.loggers import End, LoggedRun, Logger

MAX_WAITING = 10_000  # lines; a logger that is so far behind is left out, for memory is limited
TEXTS = ("warning", "notice", "origin", "end")

Line = Mapping[str, Any]  # of the history, or {"step": n, "samples": path}


class LoggerThread:
    """A logger that gets the lines of a history, at its own pace.

    Attributes:
        problem: what failed, after which it gets nothing more; empty if nothing did.
    """

    def __init__(self, logger: Logger, run: LoggedRun, past: Callable[[], Iterable[Line]]) -> None:
        self.problem = ""
        self._logger, self._run, self._past = logger, run, past
        self._lines: queue.Queue[Line | End] = queue.Queue(MAX_WAITING)
        # A daemon, so that one which hangs does not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name=type(logger).__name__, daemon=True)
        self._thread.start()

    def put(self, line: Line | End) -> None:
        """Add a line to those that it gets, in order."""
        if self.problem:
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.problem = f"it is {MAX_WAITING:,} lines behind"

    def wait(self, seconds: float) -> None:
        """Wait until it is closed, or for so long."""
        self._thread.join(seconds)
        if self._thread.is_alive() and not self.problem:
            self.problem = (
                "it did not close in time; what it has not written is missing there until the training is resumed"
            )

    def _work(self) -> None:
        try:
            held = self._logger.start(self._run)
            for line in self._past():
                self._deliver(line, held)
            while not isinstance(item := self._lines.get(), str):
                if self.problem:
                    return
                self._deliver(item, held)
            self._logger.close(item)
        except BaseException as error:  # a plugin may do anything, sys.exit included
            self.problem = self.problem or f"{type(error).__name__}: {error}"

    def _deliver(self, line: Line, held: int) -> None:
        if line["step"] > held:
            deliver(self._logger, line)


def deliver(logger: Logger, line: Line) -> None:
    """Call the method of a logger that a line is for."""
    step = line["step"]
    if "samples" in line and not isinstance(line["samples"], float):
        logger.log_samples(step, line["samples"])
    elif isinstance(metrics := line.get("metrics"), Mapping):
        logger.log_metrics(step, metrics)
        if "end" in line:
            logger.log_text(step, "end", line["end"])
    elif kind := next((kind for kind in TEXTS if isinstance(line.get(kind), str)), ""):
        logger.log_text(step, kind, line[kind])
    else:
        logger.log(step, {name: value for name, value in line.items() if name != "step"})
