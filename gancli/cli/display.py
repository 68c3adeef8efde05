"""The display of a training while it runs: live on a terminal, plain lines elsewhere."""

import sys
import time
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Protocol, Self, cast

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gancli.cli.output import ignore_broken_stderr
from gancli.cli.preview import half_blocks
from gancli.cli.waiting import TaskDisplay

if TYPE_CHECKING:
    from gancli.run.run import Run
    from gancli.run.step import Step

BARS = "▁▂▃▄▅▆▇█"
REFRESH_SECONDS = 0.25
PREVIEW_SHARE = 0.02  # of the time goes into previews, at most
STEP_LINE_SECONDS = 30


class Display(Protocol):
    """A receiver of every step, of the slow tasks in between, and of the end."""

    def update(self, step: "Step") -> None: ...
    def on_task(self, doing: str, share: float | None) -> None: ...
    def finish(self) -> None: ...


def display_for(run: "Run", *, quiet: bool) -> AbstractContextManager[Display]:
    """The display that suits the kind of stderr."""
    if quiet:
        return nullcontext(Silent())
    console = Console(stderr=True, file=cast(IO[str], Stderr(sys.stderr)) if sys.stderr else None)
    for notice in run.notices:
        console.print(Text(f"note: {notice}", "yellow"), soft_wrap=True)  # so that a command in it can be pasted
    return LiveDisplay(run, console) if console.is_terminal else PlainDisplay(run, console)


class Stderr:
    """Stderr, for rich; once it cannot be written to, output is dropped and the training continues."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with ignore_broken_stderr():
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with ignore_broken_stderr():
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class Silent:
    """Shows nothing."""

    def update(self, step: "Step") -> None:
        pass

    def on_task(self, doing: str, share: float | None) -> None:
        pass

    def finish(self) -> None:
        pass


class Messages:
    """Prints how long the training takes, once that is known, and the run's notices and warnings as they come."""

    def __init__(self, run: "Run", console: Console) -> None:
        self.run, self.console, self.shown, self.forecast = run, console, 0, ""
        self.noted = len(run.notices)  # before the first step

    def show(self) -> None:
        if self.run.forecast != self.forecast:
            self.forecast = self.run.forecast
            self.console.print(Text(self.forecast), soft_wrap=True)
        for notice in self.run.notices[self.noted :]:
            self.console.print(Text(f"note: {notice}", "yellow"), soft_wrap=True)
        self.noted = len(self.run.notices)
        for warning in self.run.warnings[self.shown :]:
            self.console.print(Text(f"warning: {warning}", "yellow"), soft_wrap=True)
        self.shown = len(self.run.warnings)


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


class PlainDisplay(AbstractContextManager["PlainDisplay"]):
    """One line every 10 % or 30 seconds."""

    def __init__(self, run: "Run", console: Console) -> None:
        self.run, self.console, self.speed, self.messages = run, console, Speed(run), Messages(run, console)
        self.printed = time.monotonic()
        self.on_task = TaskDisplay().on_task
        self.finish = self.messages.show

    def update(self, step: "Step") -> None:
        self.messages.show()
        number, steps = step.number, self.run.recipe.train.steps
        tenth = 10 * number // steps > 10 * (number - 1) // steps
        if not tenth and (number % 10 or time.monotonic() - self.printed < STEP_LINE_SECONDS):
            return
        self.printed = time.monotonic()
        self.speed.mark()
        shown = "  ".join(f"{name} {loss_text(value)}" for name, value in step.losses.items())
        shown += "".join(f"  {metric}" for metric in metrics(self.run))
        self.console.print(Text(f"step {number}/{steps}  {shown}  {self.speed}"), soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        pass


class LiveDisplay(AbstractContextManager["LiveDisplay"]):
    """Progress, speed, time left, the losses as sparklines, and the fixed samples as they improve."""

    def __init__(self, run: "Run", console: Console) -> None:
        self.run, self.console, self.speed, self.messages = run, console, Speed(run), Messages(run, console)
        self.live = Live(console=console, auto_refresh=False, transient=False)
        self.losses: dict[str, deque[float]] = {}
        self.preview = Text("")
        self.drawn, self.draw_again = 0.0, 0.0
        self.finish = self.messages.show
        self.doing = ""

    def __enter__(self) -> Self:
        self.live.start()
        return self

    def update(self, step: "Step") -> None:
        self.messages.show()
        now = time.monotonic()
        if now - self.drawn < REFRESH_SECONDS and self.run.step < self.run.recipe.train.steps:
            return
        self.drawn = now
        self.speed.mark()
        for name, value in step.losses.items():
            self.losses.setdefault(name, deque(maxlen=400)).append(value)
        if now >= self.draw_again or self.run.step == self.run.recipe.train.steps:
            rows = max(4, min(31, self.console.height - 6 - len(self.losses) - bool(self.run.metrics)))
            self.preview = half_blocks(self.run.previews.live(), min(self.console.width - 4, 160), rows)
            self.draw_again = now + max(1.0, (time.monotonic() - now) / PREVIEW_SHARE)
        self.live.update(self._render(), refresh=True)

    def on_task(self, doing: str, share: float | None) -> None:
        """Show a task in between, such as an evaluation."""
        is_new, self.doing = doing != self.doing, doing
        if doing and is_new:
            self.live.update(self._render(), refresh=True)

    def _render(self) -> Panel:
        step, steps = self.run.step, self.run.recipe.train.steps
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column(ratio=1)
        bar.add_column(justify="right", no_wrap=True)
        bar.add_row(ProgressBar(steps, step), f"step {step:,} of {steps:,} · {self.speed}")
        lines = Table.grid(padding=(0, 1))
        width = max(10, min(60, self.console.width - 34))
        for name, values in self.losses.items():
            lines.add_row(
                Text(name, "bold"), Text(f"{loss_text(values[-1]):>8}"), Text(sparkline(values, width), "cyan")
            )
        newest = [Text("  ".join(metrics(self.run)), "green")] if self.run.metrics else []
        hint = Text(f"{self.doing} … · " * bool(self.doing) + "Ctrl-C saves and stops", "dim")
        return Panel(Group(bar, lines, *newest, self.preview), title=Text(str(self.run.directory)), subtitle=hint)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.live.stop()


def metrics(run: "Run") -> list[str]:
    """The newest numbers of an evaluation: ``FD 4.67``, ``coverage 0.609``, …"""
    return [f"{name} {value:.3g}" for name, value in run.metrics.items()]


def loss_text(value: float) -> str:
    """A loss with three decimals, or with two digits if it is smaller than those show."""
    return f"{value:.1e}" if 0 < abs(value) < 5e-4 else f"{value:.3f}"


def sparkline(values: "deque[float]", width: int) -> str:
    """The values as bars, averaged to ``width`` characters, from the lowest to the highest seen."""
    numbers = list(values)
    chunk = max(1, -(-len(numbers) // width))
    means = [sum(part) / len(part) for part in (numbers[at : at + chunk] for at in range(0, len(numbers), chunk))]
    low, span = min(means), max(means) - min(means) or 1.0
    return "".join(BARS[min(len(BARS) - 1, int((mean - low) / span * len(BARS)))] for mean in means)
