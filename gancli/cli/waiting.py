"""Shows the tasks of ``gancli.progress`` while nothing is trained, once they have taken a moment."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from gancli.cli.output import ignore_broken_stderr
from gancli.progress import listening, task

PATIENCE_SECONDS = 0.3  # a shorter task is not shown on a terminal
PLAIN_PATIENCE_SECONDS = 3.0  # nor, if shorter than this, in a file or a pipe
TASK_LINE_SECONDS = 10.0  # from one plain line to the next

Item = TypeVar("Item")


@contextmanager
def waiting(*, quiet: bool = False) -> Iterator[None]:
    """Show tasks on stderr: on a terminal with a bar, which goes away; elsewhere in a line now and then."""
    if quiet:
        yield
        return
    shown = TaskDisplay()
    try:
        with listening(shown.on_task):
            yield
    finally:
        shown.on_task("", None)


@contextmanager
def counted(
    parts: Iterable[Item], total: int, doing: str, size: Callable[[Item], int] = lambda part: 1
) -> Iterator[Iterator[Item]]:
    """The same parts, of ``total`` in all, shown as a task."""
    with waiting(), task(doing) as report:

        def reported() -> Iterator[Item]:
            done = 0
            for part in parts:
                yield part
                done += size(part)
                report(done / total)

        yield reported()


def load_torch() -> None:
    """Import torch, which takes seconds, and show that."""
    with waiting(), task("loading PyTorch"):
        import torch  # noqa: F401


class TaskDisplay:
    """The current task and its progress. A thread shows it, because a task may be silent for long."""

    def __init__(self) -> None:
        self._doing, self._share = "", 0.0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def on_task(self, doing: str, share: float | None) -> None:
        """Record the current task; "" if there is none."""
        self._doing, self._share = doing or self._doing, share or 0.0
        if not doing and self._thread:
            self._done.set()
            self._thread.join()
            self._thread = None
        elif doing and self._thread is None:
            self._done = threading.Event()
            self._thread = threading.Thread(target=self._show, args=(self._done,), daemon=True)
            self._thread.start()

    def _show(self, done: threading.Event) -> None:
        is_terminal = sys.stderr is not None and sys.stderr.isatty()  # asked before rich is imported
        if done.wait(PATIENCE_SECONDS if is_terminal else PLAIN_PATIENCE_SECONDS):
            return
        from rich.console import Console

        console = Console(stderr=True)
        with ignore_broken_stderr():
            (self._show_bar if console.is_terminal else self._show_lines)(console, done)

    def _show_bar(self, console: Any, done: threading.Event) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            shown = bar.add_task(self._doing, total=None)
            while not done.wait(0.1):
                total = 1 if self._share else None  # None: a bar that only moves
                bar.update(shown, description=self._doing, total=total, completed=self._share)

    def _show_lines(self, console: Any, done: threading.Event) -> None:
        while True:
            share = f", {self._share:.0%}" if self._share else ""
            console.print(f"{self._doing}{share} …", markup=False, highlight=False, soft_wrap=True)
            if done.wait(TASK_LINE_SECONDS):
                return
