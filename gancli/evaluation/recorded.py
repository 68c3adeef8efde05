"""The result of an evaluation as it is recorded in a run; read without torch."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.evaluation.score import Score
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class RecordedReport:
    """What ``metrics.json`` says; see ``Report`` for what it is."""

    scores: dict[str, Score]
    about: dict[str, Any]
    protocol: dict[str, Any]
    caveats: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read_report(run: Path) -> RecordedReport | None:
    """The report in a run's ``metrics.json``; None if there is none, or one of another make."""
    try:
        found = json.loads(RunFolder(run).metrics.read_bytes())
        scores = {name: _score(score) for name, score in found.pop("scores").items()}
        protocol, *notes = (found.pop(key) for key in ("protocol", "caveats", "left_out"))
        return RecordedReport(scores, found, dict(protocol), *(tuple(map(str, sentences)) for sentences in notes))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def read_scores(run: Path, protocol: dict[str, Any], step: int) -> dict[str, Score] | None:
    """The scores in a run's ``metrics.json``; None unless its checkpoint of that step got them by that protocol."""
    found = read_report(run)
    is_that = found is not None and (found.protocol, found.about.get("step")) == (protocol, step)
    return found.scores if found is not None and is_that else None


def _score(plain: Mapping[str, Any]) -> Score:
    """The score that ``Score.plain`` wrote."""
    beside = {name: tuple(map(_number, other["values"])) for name, other in plain.get("beside", {}).items()}
    return Score(tuple(map(_number, plain["values"])), tuple(map(_number, plain["real_values"])), beside)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
