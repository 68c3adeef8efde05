"""What a comparison comes to: rows of trainings that were judged by one protocol."""

import json
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from gancli.evaluation import Score, scores_over

CUT_OFF = 0.9  # of the steps: a training that ended earlier is not judged by what it could have become


@dataclass(frozen=True)
class Training:
    """What one training came to."""

    run: str
    seed: int
    steps: int  # that were wanted
    note: str = ""
    step: int | None = None  # that was judged; None if there is no checkpoint
    seconds: float = 0.0
    scores: dict[str, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """The trainings of one entry, and samples of the first of them that has any."""

    name: str
    trainings: tuple[Training, ...]
    samples: Tensor | None

    def scores(self, baseline: Mapping[str, tuple[float, ...]]) -> dict[str, Score]:
        """Over the trainings that were judged; each counts with its mean over sets of samples."""
        means = [{name: it.mean for name, it in training.scores.items()} for training in self.trainings]
        known = [{name: math.nan if it is None else it for name, it in found.items()} for found in means]
        return scores_over(known, baseline)

    @property
    def training(self) -> str:
        """How far it came, in how long, in words."""
        judged = [it for it in self.trainings if it.step is not None]
        steps = sorted({it.step for it in judged if it.step is not None})
        length = f" of {self.trainings[0].steps:,}" if steps and steps[0] < self.trainings[0].steps else ""
        reached = "–".join(f"{it:,}" for it in dict.fromkeys([*steps[:1], *steps[-1:]])) or "no"
        several = len(self.trainings) > 1
        notes = [f"seed {it.seed} {it.note}" if several else it.note for it in self.trainings if it.note]
        share = steps[0] / self.trainings[0].steps if steps else 1.0
        if share < CUT_OFF:
            notes.insert(0, f"stopped after {share:.0%} of its steps: no full training")
        time = f" in {statistics.fmean(it.seconds for it in judged):,.0f} s" if judged else ""
        return "; ".join([f"{reached}{length} steps{time}", *notes])


@dataclass(frozen=True)
class Comparison:
    """Rows that were judged by one protocol."""

    rows: tuple[Row, ...]
    baseline: dict[str, tuple[float, ...]]  # what real examples get, in several draws
    protocol: dict[str, Any]
    caveats: tuple[str, ...]
    left_out: tuple[str, ...]  # why numbers are not there that would mean nothing
    real: Tensor  # examples

    def to_json(self) -> str:
        """What ``comparison.json`` holds."""
        return json.dumps(
            {
                "protocol": self.protocol,
                "caveats": self.caveats,
                "left_out": self.left_out,
                "real": {name: Score(values).mean for name, values in self.baseline.items()},
                "rows": [
                    {
                        "name": row.name,
                        "scores": {name: it.plain() for name, it in row.scores(self.baseline).items()},
                        "trainings": [
                            vars(it) | {"scores": {name: score.mean for name, score in it.scores.items()}}
                            for it in row.trainings
                        ],
                    }
                    for row in self.rows
                ],
            },
            indent=2,
            allow_nan=False,
        )
