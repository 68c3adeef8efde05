"""What a command is doing, on stderr, while it prints nothing and trains nothing, once that has taken a moment.

On a terminal there is always something: the task of ``gancli.progress``, or that the command works. Elsewhere a line
names a task now and then.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from gancli.progress import ignore, listening, task
from gancli.terminal.output import cleared_by, ignore_broken_stderr

PATIENCE_SECONDS = 0.3  # a shorter task is not shown on a terminal
PLAIN_PATIENCE_SECONDS = 3.0  # nor, if shorter than this, in a file or a pipe
TASK_LINE_SECONDS = 10.0  # from one plain line to the next
WORKING = "working"  # on a terminal, where no task is named

Item = TypeVar("Item")


@contextmanager
def waiting() -> Iterator[None]:
    """Show tasks on stderr: on a terminal with a bar, which goes away; elsewhere in a line now and then."""
    shown = TaskDisplay()
    token = _shown.set(shown)
    try:
        with listening(shown.on_task), cleared_by(shown.clear):
            shown.start()
            yield
    finally:
        shown.end()
        _shown.reset(token)


@contextmanager
def silent(wanted: bool = True) -> Iterator[None]:
    """Within the block nothing is shown, if that is wanted: for a display of its own, and for --quiet."""
    shown = _shown.get()
    if shown is None or not wanted:
        yield
        return
    shown.end()
    token = _shown.set(None)  # a block within this one does not start it again
    try:
        with listening(ignore), cleared_by(lambda: None):
            yield
    finally:
        _shown.reset(token)
        shown.start()


@contextmanager
def counted(
    parts: Iterable[Item], total: int, doing: str, size: Callable[[Item], int] = lambda part: 1
) -> Iterator[Iterator[Item]]:
    """The same parts, of ``total`` in all, shown as a task."""
    with task(doing) as report:

        def reported() -> Iterator[Item]:
            done = 0
            for part in parts:
                yield part
                done += size(part)
                report(done / total)

        yield reported()


def load_torch() -> None:
    """Import torch, which takes seconds, and show that."""
    with task("loading PyTorch"):
        import torch  # noqa: F401


class TaskDisplay:
    """The current task and its progress. A thread shows it, because a task may be silent for long."""

    def __init__(self) -> None:
        self._doing, self._share, self._began = "", 0.0, 0.0  # no task
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def on_task(self, doing: str, share: float | None) -> None:
        """Record the current task; "" if there is none."""
        if doing != self._doing:
            self._began = time.monotonic()
        self._doing, self._share = doing, share or 0.0
        if doing or _is_terminal():
            self.start()
        else:
            self.end()

    def start(self) -> None:
        """Show what there is to show, once it has taken a moment."""
        if self._thread is None and (self._doing or _is_terminal()):
            self._done = threading.Event()
            self._thread = threading.Thread(target=self._show, args=(self._done,), daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Take away what is shown."""
        if self._thread is not None:
            self._done.set()
            self._thread.join()
            self._thread = None

    def clear(self) -> None:
        """Take away a bar, because something is printed; it comes back if the command goes on."""
        if self._thread is not None and _is_terminal():
            self.end()
            self.start()

    def _show(self, done: threading.Event) -> None:
        if done.wait(PATIENCE_SECONDS if _is_terminal() else PLAIN_PATIENCE_SECONDS):
            return
        from rich.console import Console

        console = Console(stderr=True)
        with ignore_broken_stderr():
            (self._show_bar if _is_terminal() and console.is_terminal else self._show_lines)(console, done)

    def _show_bar(self, console: Any, done: threading.Event) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            shown = bar.add_task(self._doing or WORKING, total=None)
            while not done.wait(0.1):
                total = 1 if self._share else None  # None: a bar that only moves
                bar.update(shown, description=self._doing or WORKING, total=total, completed=self._share)

    def _show_lines(self, console: Any, done: threading.Event) -> None:
        said = ""  # the task of the line before
        while True:
            progress = f", {self._share:.0%}" if self._share else ""
            if not progress and self._doing == said:  # or the line would be the same again
                progress = f", {time.monotonic() - self._began:.0f} s"
            if said := self._doing:
                console.print(f"{said}{progress} …", markup=False, highlight=False, soft_wrap=True)
            if done.wait(TASK_LINE_SECONDS):
                return


_shown: ContextVar[TaskDisplay | None] = ContextVar("shown", default=None)


def _is_terminal() -> bool:
    """Whether stderr is a terminal that can move its cursor; asked before rich is imported."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
