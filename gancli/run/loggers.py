"""The loggers of a training: they get what the history gets, and the pictures of samples."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gancli.errors import printable
from gancli.loggers import End, LoggedRun, Logger
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.run.logger_thread import Line, LoggerThread
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder

CLOSE_SECONDS = 60.0  # for all of them together, at the end: a new database takes many of a slow machine
STOPPED_SECONDS = 10.0  # likewise, after Ctrl-C or an error, where somebody waits


class Loggers:
    """The loggers of a training; one that fails is reported once, and left out.

    Args:
        made: by what a report names.
        report: gets a notice for the user.
    """

    def __init__(
        self, made: Mapping[str, Logger], folder: RunFolder, recipe: Recipe, report: Callable[[str], None]
    ) -> None:
        self._made, self._folder, self._recipe, self._report = dict(made), folder, recipe, report
        self._threads: dict[str, LoggerThread] = {}

    def start(self, step: int) -> None:
        """Start them, once, after so many steps."""
        run = LoggedRun(self._folder.name, self._folder.path, self._recipe.values(), step)
        size = self._folder.history.stat().st_size  # what is appended from now on reaches them as it comes

        def past() -> list[Line]:
            return _past(self._folder, step, size)

        self._threads |= {label: LoggerThread(logger, run, past) for label, logger in self._made.items()}
        self._made = {}

    def line(self, line: Line) -> None:
        """Pass on a line that the history has got."""
        for thread in self._threads.values():
            thread.put(line)
        self._leave_out_failed()

    def samples(self, step: int, picture: Path) -> None:
        """Pass on the picture of the samples of a step."""
        self.line({"step": step, "samples": picture})

    def close(self, end: End) -> None:
        """Let them write the lines that are left, for a limited time."""
        if not self._threads:
            return
        deadline = time.monotonic() + (CLOSE_SECONDS if end == "finished" else STOPPED_SECONDS)
        for thread in self._threads.values():
            thread.put(end)
        with task(f"closing {', '.join(self._threads)}"):
            for thread in self._threads.values():
                thread.wait(max(0.0, deadline - time.monotonic()))
        self._leave_out_failed("")
        self._threads = {}

    def _leave_out_failed(self, outcome: str = "; the training does not need it and goes on without it") -> None:
        for label, thread in list(self._threads.items()):
            if problem := thread.problem:
                del self._threads[label]
                self._report(printable(f"{label}: {problem}{outcome}"))


def _past(folder: RunFolder, step: int, size: int) -> list[Line]:
    """What the first ``size`` bytes of the history have, and the pictures of these steps, in order."""
    pictures: list[Line] = [
        {"step": at, "samples": path} for at, path in folder.sample_pictures().items() if at <= step
    ]
    return sorted([*read_history(folder.path, size), *pictures], key=lambda line: line["step"])
