"""The display of a training on a terminal."""

import time
from collections import deque
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gancli.terminal.preview import half_blocks
from gancli.terminal.training_texts import Messages, Speed, loss_text, metrics

if TYPE_CHECKING:
    from gancli.run.run import Run
    from gancli.run.step import Step

BARS = "▁▂▃▄▅▆▇█"
REFRESH_SECONDS = 0.25
PREVIEW_SHARE = 0.02  # of the time goes into previews, at most


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


def sparkline(values: "deque[float]", width: int) -> str:
    """The values as bars, averaged to ``width`` characters, from the lowest to the highest seen."""
    numbers = list(values)
    chunk = max(1, -(-len(numbers) // width))
    means = [sum(part) / len(part) for part in (numbers[at : at + chunk] for at in range(0, len(numbers), chunk))]
    low, span = min(means), max(means) - min(means) or 1.0
    return "".join(BARS[min(len(BARS) - 1, int((mean - low) / span * len(BARS)))] for mean in means)
