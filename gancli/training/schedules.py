"""Numbers of an optimizer that change over training, as functions of the step alone: resuming restores nothing."""

import math
from dataclasses import dataclass
from typing import Literal

from torch.optim import Optimizer


@dataclass(frozen=True)
class Schedule:
    """Moves one option of an optimizer from ``start`` to ``end`` over ``steps`` training steps, and keeps it there.

    For the share ``after`` of the steps, from 0 to below 1, it is held at ``start`` before it begins to move.
    """

    optimizer: Optimizer
    option: str
    start: float
    end: float
    steps: int
    shape: Literal["linear", "cosine", "exponential"] = "linear"
    after: float = 0.0

    def apply(self, step: int) -> None:
        """Set the value for the step after ``step`` finished ones."""
        for group in self.optimizer.param_groups:
            group[self.option] = self.at(step)

    def at(self, step: int) -> float:
        """The value after ``step`` steps."""
        return between(self.start, self.end, progress(step, self.steps, self.after), self.shape)


def progress(step: int, steps: int, after: float = 0.0) -> float:
    """How far a ramp over ``steps`` has come after ``step``, from 0 to 1; it is at 0 for the share ``after`` of it."""
    return max(0.0, (min(1.0, step / steps) - after) / (1 - after))


def between(start: float, end: float, progress: float, shape: str) -> float:
    """The value at ``progress``, from 0 to 1, on the way from ``start`` to ``end``."""
    if shape == "exponential":
        return start * (end / start) ** progress
    weight = (1 - math.cos(math.pi * progress)) / 2 if shape == "cosine" else progress
    return start + (end - start) * weight
