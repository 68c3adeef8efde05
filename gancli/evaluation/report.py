"""The result of an evaluation: scores, and all that is needed to compare them with others."""

import json
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch import Tensor

from gancli.evaluation.pictures import CAPTIONS, captioned
from gancli.files import write_whole
from gancli.sampling.images import write_png
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class Score:
    """One number over several sets of samples or several trainings, and that of real examples.

    A value that is not finite is missing: a mode's share of no samples, a divergence that is infinite.
    """

    values: tuple[float, ...]
    baseline: tuple[float, ...] = ()  # of real examples in the samples' place; none where they say nothing
    beside: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # of other images in their place, by name

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


@dataclass(frozen=True)
class Report:
    """The scores of one checkpoint.

    Only those of equal ``protocol`` can be compared.
    """

    scores: dict[str, Score]
    about: dict[str, Any] = field(default_factory=dict)  # the checkpoint
    protocol: dict[str, Any] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    pairs: Mapping[str, Tensor] = field(default_factory=dict)  # by name; (2 count, *shape), a row above another
    unfit: tuple[str, ...] = ()  # metrics that do not apply
    left_out: tuple[str, ...] = ()  # reasons why meaningless numbers are left out

    def to_json(self) -> str:
        """The report as JSON."""
        scores = {name: score.plain() for name, score in self.scores.items()}
        values = {**self.about, "protocol": self.protocol, "caveats": self.caveats, "left_out": self.left_out}
        return json.dumps({**values, "scores": scores}, indent=2, allow_nan=False)

    def write(self, run: Path) -> list[Path]:
        """Write the report, and a picture of every set of pairs, into a run; returns where the pictures are."""
        write_whole(RunFolder(run).metrics, self.to_json().encode())
        paths = {name: RunFolder(run).figure(name) for name in self.pairs}
        for name, images in self.pairs.items():
            write_png(paths[name], captioned(images, CAPTIONS[name]))
        return list(paths.values())


def read_scores(run: Path, protocol: dict[str, Any], step: int) -> dict[str, Score] | None:
    """The scores in a run's ``metrics.json``; None unless its checkpoint of that step got them by that protocol."""
    try:
        found = json.loads(RunFolder(run).metrics.read_bytes())
        if (found["protocol"], found["step"]) != (protocol, step):
            return None
        return {name: _score(score) for name, score in found["scores"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # not there, or of another make
        return None


def _score(plain: Mapping[str, Any]) -> Score:
    """The score that ``Score.plain`` wrote."""
    beside = {name: tuple(map(_number, other["values"])) for name, other in plain.get("beside", {}).items()}
    return Score(tuple(map(_number, plain["values"])), tuple(map(_number, plain["real_values"])), beside)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _finite(values: Iterable[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


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
