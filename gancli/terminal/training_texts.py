"""What both displays of a training say: its messages, its speed, its numbers."""

import time
from collections import deque
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from gancli.run.run import Run


class Messages:
    """Prints how long the training takes, once that is known, and the run's notices and warnings as they come."""

    def __init__(self, run: "Run", console: Console) -> None:
        self.run, self.console = run, console
        self.forecast, self.notices, self.warnings = "", 0, 0  # that were printed

    def show(self) -> None:
        """Print what is new."""
        if self.run.forecast != self.forecast:
            self.forecast = self.run.forecast
            self._print(self.forecast)
        for notice in self.run.notices[self.notices :]:
            self._print(f"note: {notice}", "yellow")
        self.notices = len(self.run.notices)
        for warning in self.run.warnings[self.warnings :]:
            self._print(f"warning: {warning}", "yellow")
        self.warnings = len(self.run.warnings)

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style), soft_wrap=True)  # so that a command in it can be pasted


class Speed:
    """Images a second and seconds left, over the last few seconds and not since the start."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self.marks: deque[tuple[float, int]] = deque([(time.monotonic(), run.step)], maxlen=40)

    def mark(self) -> None:
        self.marks.append((time.monotonic(), self.run.step))

    @property
    def steps_a_second(self) -> float:
        (then, before), (now, after) = self.marks[0], self.marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def __str__(self) -> str:
        train = self.run.recipe.train
        pace = self.steps_a_second
        left = (train.steps - self.run.step) / pace if pace else 0
        return f"{pace * train.batch_size * train.k_steps:,.0f} images/s · {clock(left)} left"


def clock(seconds: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def metrics(run: "Run") -> list[str]:
    """The newest numbers of an evaluation: ``FD 4.67``, ``coverage 0.609``, …"""
    return [f"{name} {value:.3g}" for name, value in run.metrics.items()]


def loss_text(value: float) -> str:
    """A loss with three decimals, or with two digits if it is smaller than those show."""
    return f"{value:.1e}" if 0 < abs(value) < 5e-4 else f"{value:.3f}"
