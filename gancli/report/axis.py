"""The axes of a chart: where a value is, and at which values numbers stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gancli.figures.curves import limits, usual_size

NUMBERS = 6  # on an axis, about
FINEST = 1e-30  # of the largest value on a logarithmic axis


@dataclass(frozen=True)
class Axis:
    """An axis from one value to another.

    Args:
        linear_threshold: of a logarithmic axis, the size up to which it is linear; 0 for an axis that is all linear.
    """

    low: float
    high: float
    linear_threshold: float = 0.0

    def at(self, values: np.ndarray) -> np.ndarray:
        """Where values are: 0 at the low end, 1 at the high end; those outside are beyond."""
        low, high, found = (self._scaled(np.asarray(value, float)) for value in (self.low, self.high, values))
        return (found - low) / ((high - low) or 1.0)

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        return np.sign(values) * np.log1p(np.abs(values) / self.linear_threshold) if self.linear_threshold else values

    def numbers(self) -> list[float]:
        """Round values on the axis."""
        return self._round() if not self.linear_threshold else self._powers()

    def _round(self) -> list[float]:
        least = (self.high - self.low) / NUMBERS
        if not least > 0:
            return [self.low]
        unit = 10 ** math.floor(math.log10(least))
        gap = next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= least * 0.999)
        first, last = math.ceil(self.low / gap - 1e-9), math.floor(self.high / gap + 1e-9)
        return [float(f"{index * gap:.6g}") for index in range(first, last + 1)]

    def _powers(self) -> list[float]:
        top = math.floor(math.log10(max(abs(self.low), abs(self.high))))
        least = math.floor(math.log10(self.linear_threshold))
        gap = max(1, math.ceil((top - least) / 3))
        sizes = [10.0**power for power in range(top, least, -gap)]
        found = [0.0, *sizes, *(-size for size in sizes)]
        return sorted(value for value in found if self.low <= value <= self.high)


def value_axis(curves: Sequence[np.ndarray], shown: Sequence[float]) -> Axis:
    """The axis that shows curves, and some further values; outliers do not flatten the rest."""
    low, high, is_logarithmic = limits(curves, shown)
    least = FINEST * max(abs(low), abs(high))  # finer ones cannot be seen, and a division by them would be infinite
    return Axis(low, high, max(usual_size(curves), least) if is_logarithmic else 0.0)
