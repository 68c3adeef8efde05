"""The result of an evaluation: scores, and all that is needed to compare them with others."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from gancli.evaluation import report_text
from gancli.evaluation.pictures import CAPTIONS, captioned
from gancli.evaluation.score import Score
from gancli.files import write_whole
from gancli.sampling.images import write_png
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True, repr=False)
class Report:
    """The scores of one checkpoint by metric: printed or in a notebook, the table of ``gan evaluate``.

    Only those of equal ``protocol`` can be compared.

    Args:
        scores: by the name of the metric.
        about: the checkpoint: its step, its recipe, and whether its weights are averaged.
        protocol: everything that the numbers depend on beside the checkpoint.
        caveats: what to mind in reading these numbers.
        pairs: images of shape (2 count, *shape) by the name of their picture, a row above another.
        unfit: metrics that were asked for and do not apply.
        left_out: reasons why meaningless numbers are left out.
    """

    scores: dict[str, Score]
    about: dict[str, Any] = field(default_factory=dict)
    protocol: dict[str, Any] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    pairs: Mapping[str, Tensor] = field(default_factory=dict)
    unfit: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return report_text.text(self)

    def _repr_html_(self) -> str:
        return report_text.html(self)

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
