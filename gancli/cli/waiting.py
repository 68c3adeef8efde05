"""Shows what is done while nothing is trained, if it takes longer than a second."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gancli.cli.output import outlived
from gancli.progress import heard_by

PATIENCE_SECONDS = 1.0  # what is done by then needs no word
PLAIN_SECONDS = 10.0  # from one plain line to the next


@contextmanager
def waiting(*, quiet: bool = False) -> Iterator[None]:
    """Show the tasks of ``gancli.progress``: on a terminal with a bar, which goes away; elsewhere in lines."""
    if quiet:
        yield
        return
    shown = Waiting()
    try:
        with heard_by(shown.told):
            yield
    finally:
        shown.told("", None)


class Waiting:
    """One task at a time: what it is, and how far it is. A thread shows it, for the task itself may say nothing."""

    def __init__(self) -> None:
        self._doing, self._share = "", 0.0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def told(self, doing: str, share: float | None) -> None:
        """Listen to a task."""
        if doing != self._doing:
            self._done.set()
            if self._thread:
                self._thread.join()
            self._doing, self._done, self._thread = doing, threading.Event(), None
        self._share = share or 0.0
        if doing and self._thread is None:
            self._thread = threading.Thread(target=self._show, args=(doing, self._done), daemon=True)
            self._thread.start()

    def _show(self, doing: str, done: threading.Event) -> None:
        if done.wait(PATIENCE_SECONDS):
            return
        from rich.console import Console

        console = Console(stderr=True)
        with outlived():
            (self._show_bar if console.is_terminal else self._show_lines)(console, doing, done)

    def _show_bar(self, console: Any, doing: str, done: threading.Event) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(doing, total=None)
            while not done.wait(0.1):
                bar.update(task, total=1 if self._share else None, completed=self._share)

    def _show_lines(self, console: Any, doing: str, done: threading.Event) -> None:
        while True:
            share = f", {self._share:.0%}" if self._share else ""
            console.print(f"{doing}{share} …", markup=False, highlight=False, soft_wrap=True)
            if done.wait(PLAIN_SECONDS):
                return
