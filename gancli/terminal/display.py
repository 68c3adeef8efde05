"""The display of a training while it runs: live on a terminal, plain lines elsewhere."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from rich.console import Console
from rich.text import Text

from gancli.terminal.live_display import LiveDisplay
from gancli.terminal.output import ignore_broken_stderr
from gancli.terminal.training_texts import Messages, Speed, loss_text, metrics
from gancli.terminal.waiting import TaskDisplay

if TYPE_CHECKING:
    from gancli.run.run import Run
    from gancli.run.step import Step

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
    display = LiveDisplay(run, console) if console.is_terminal else PlainDisplay(run, console)
    display.messages.show()
    return display


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
