"""The results of a comparison: rows of trainings that were evaluated by one protocol."""

import json
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from torch import Tensor

from gancli.evaluation import Score, scores_over

Beside = Mapping[str, Mapping[str, tuple[float, ...]]]
NOTHING: Beside = MappingProxyType({})
CUT_OFF = 0.9  # of the steps: a training that ended earlier is marked: it could have become better


@dataclass(frozen=True)
class TrainingResult:
    """The result of one training."""

    run: str
    seed: int
    steps: int  # that were wanted
    note: str = ""
    step: int | None = None  # that was evaluated; None if there is no checkpoint
    seconds: float = 0.0
    ended: bool = False  # by train.patience; then the step is its best
    scores: dict[str, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """The trainings of one entry, and samples of the first of them that has any."""

    name: str
    trainings: tuple[TrainingResult, ...]
    samples: Tensor | None

    def scores(self, baseline: Mapping[str, tuple[float, ...]], beside: Beside = NOTHING) -> dict[str, Score]:
        """Scores over the trainings that were evaluated; each counts with its mean over sets of samples."""
        means = [{name: score.mean for name, score in training.scores.items()} for training in self.trainings]
        known = [{name: math.nan if mean is None else mean for name, mean in found.items()} for found in means]
        return scores_over(known, baseline, beside)

    @property
    def training(self) -> str:
        """The number of steps and the time, in words."""
        evaluated = [training for training in self.trainings if training.step is not None]
        steps = sorted({training.step for training in evaluated if training.step is not None})
        length = f" of {self.trainings[0].steps:,}" if steps and steps[0] < self.trainings[0].steps else ""
        reached = "–".join(f"{step:,}" for step in dict.fromkeys([*steps[:1], *steps[-1:]])) or "no"
        several = len(self.trainings) > 1
        notes = [
            f"seed {training.seed} {training.note}" if several else training.note
            for training in self.trainings
            if training.note
        ]
        cut_off = [training.step for training in evaluated if training.step is not None and not training.ended]
        share = min(cut_off) / self.trainings[0].steps if cut_off else 1.0
        if share < CUT_OFF:
            notes.insert(0, f"stopped after {share:.0%} of its steps: not a full training")
        time = f" in {statistics.fmean(one.seconds for one in evaluated):,.0f} s" if evaluated else ""
        return "; ".join([f"{reached}{length} steps{time}", *notes])


@dataclass(frozen=True)
class Comparison:
    """Rows that were evaluated by one protocol."""

    rows: tuple[Row, ...]
    baseline: dict[str, tuple[float, ...]]  # numbers of real examples, in several draws
    protocol: dict[str, Any]
    caveats: tuple[str, ...]
    left_out: tuple[str, ...]  # reasons why meaningless numbers are left out
    real: Tensor  # examples
    beside: Beside = field(default_factory=dict)  # numbers of other images in the samples' place, by their name

    def to_json(self) -> str:
        """The text of ``comparison.json``."""
        return json.dumps(
            {
                "protocol": self.protocol,
                "caveats": self.caveats,
                "left_out": self.left_out,
                "real": _means(self.baseline),
                **({"beside": {name: _means(scores) for name, scores in self.beside.items()}} if self.beside else {}),
                "rows": [
                    {
                        "name": row.name,
                        "scores": {
                            name: score.plain() for name, score in row.scores(self.baseline, self.beside).items()
                        },
                        "trainings": [
                            vars(training) | {"scores": {name: score.mean for name, score in training.scores.items()}}
                            for training in row.trainings
                        ],
                    }
                    for row in self.rows
                ],
            },
            indent=2,
            allow_nan=False,
        )


def _means(scores: Mapping[str, tuple[float, ...]]) -> dict[str, float | None]:
    return {name: Score(values).mean for name, values in scores.items()}
