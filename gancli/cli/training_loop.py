"""The loop of the commands that train: it shows the training, and ends it at a signal."""

import math
from typing import TYPE_CHECKING

from gancli.cli.signals import Stop, Stopped
from gancli.progress import listening
from gancli.terminal.display import display_for
from gancli.terminal.waiting import silent

if TYPE_CHECKING:
    from gancli.run.run import Run


def train_until_stopped(run: "Run", stop: Stop, *, quiet: bool = False, budget: float = math.inf) -> None:
    """Train to the end, to a signal, or until a budget of seconds is spent; the last step is saved.

    A signal interrupts an evaluation, which can be made later; everything else that has begun is finished.
    """
    run.interrupt_evaluations(stop.at_once)
    with silent(), display_for(run, quiet=quiet) as display, listening(display.on_task):
        try:
            for step in run:
                display.update(step)
                if stop.number or run.seconds >= budget:
                    break
        except Stopped:
            pass  # the step is complete, and its evaluation is due
        run.save()
        run.close_loggers()
        display.finish()
