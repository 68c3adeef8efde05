"""One number of an evaluation, beside that of real examples."""

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Score:
    """One number over several sets of samples or several trainings, and that of real examples.

    A value that is not finite is missing: a mode's share of no samples, a divergence that is infinite.

    Args:
        values: one a set of samples, or one a training.
        baseline: of real examples in the samples' place; none where they say nothing.
        beside: of other images in the samples' place, by name.
    """

    values: tuple[float, ...]
    baseline: tuple[float, ...] = ()
    beside: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        """None if a value is missing."""
        return statistics.fmean(self.values) if self.values and all(map(math.isfinite, self.values)) else None

    @property
    def deviation(self) -> float | None:
        """Standard deviation; None for fewer than two values."""
        return None if self.mean is None or len(self.values) < 2 else statistics.stdev(self.values)

    @property
    def real(self) -> "Score | None":
        """The score of real examples; None where it means nothing."""
        return Score(self.baseline) if self.baseline else None

    def instead(self, other: str) -> "Score | None":
        """The score of other images in the samples' place, by their name; None where they have none."""
        return Score(self.beside[other]) if other in self.beside else None

    def plain(self) -> dict[str, Any]:
        """Plain values; None for missing values, since JSON has no infinity."""
        real = Score(self.baseline)
        found = {"mean": self.mean, "sd": self.deviation, "real": real.mean, "real_sd": real.deviation}
        values = {"values": _finite(self.values), "real_values": _finite(self.baseline)}
        return {**found, **values} | ({"beside": self._plain_beside()} if self.beside else {})

    def _plain_beside(self) -> dict[str, dict[str, Any]]:
        others = {name: Score(values) for name, values in self.beside.items()}
        return {
            name: {"mean": score.mean, "sd": score.deviation, "values": _finite(score.values)}
            for name, score in others.items()
        }

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        if not self.deviation:
            return f"{self.mean:.4g}" + ("" if self.deviation is None else " ± 0")
        first = -math.floor(
            math.log10(self.deviation)
        )  # decimal that is uncertain; a second one is shown if it is early
        decimals = min(6, max(0, first if first > 2 else first + 1))
        return f"{self.mean:.{decimals}f} ± {self.deviation:.{decimals}f}"


def scores_over(
    measured: Iterable[Mapping[str, float]],
    baseline: Mapping[str, tuple[float, ...]],
    beside: Mapping[str, Mapping[str, tuple[float, ...]]] = MappingProxyType({}),
) -> dict[str, Score]:
    """Scores of the same names, measured several times, beside those of real examples and of other images."""
    values: dict[str, list[float]] = {}
    for numbers in measured:
        for name, value in numbers.items():
            values.setdefault(name, []).append(value)
    return {
        name: Score(
            tuple(several),
            baseline.get(name, ()),
            {other: found[name] for other, found in beside.items() if name in found},
        )
        for name, several in values.items()
    }


def _finite(values: Iterable[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]
