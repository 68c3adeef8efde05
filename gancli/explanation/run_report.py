"""What a run says: at which step it stands, how it went, what its losses and its warnings mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.errors import CheckpointError, DataError
from gancli.explanation.losses_in_words import paragraphs
from gancli.explanation.warnings_in_words import WarningOfRun, warnings_of
from gancli.losses import AdversarialLoss
from gancli.monitoring import summary
from gancli.monitoring.state import load_state
from gancli.recipe import Recipe, ramps
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class RunReport:
    """A run, or a lone checkpoint, for a reader."""

    step: int
    steps: int
    seconds: float
    verdict: str  # how it went, in a sentence; empty before the first checkpoint
    now: Mapping[str, float]  # numbers of the optimizers that change, at this step
    origin: str  # where its networks are from; empty if they were made new
    evaluations: str  # the metrics of the last one; empty if there was none
    losses: tuple[str, ...]  # what they mean, a paragraph each
    warnings: tuple[WarningOfRun, ...]
    has_history: bool


def report(recipe: Recipe, loss: AdversarialLoss, place: Path, saved: Checkpoint | None) -> RunReport:
    """What a run, or a lone checkpoint in a run or outside of one, says.

    Args:
        loss: the game's.
        saved: its checkpoint; None for a run that has saved none yet.
    """
    history = history_of(place, saved)
    step = saved.step if saved else int(history[-1]["step"]) if history else 0
    seconds = saved.seconds if saved else next((row["seconds"] for row in reversed(history) if "seconds" in row), 0.0)
    return RunReport(
        step=step,
        steps=recipe.train.steps,
        seconds=float(seconds),
        verdict=_verdict(saved, recipe),
        now={key: ramps.value(ramp, step) for key, ramp in ramps.ramps(recipe).items()},
        origin=str(saved.origin) if saved and saved.origin else "",
        evaluations=_evaluation(history),
        losses=tuple(paragraphs(loss, history)),
        warnings=tuple(warnings_of(history)),
        has_history=bool(history),
    )


def history_of(place: Path, saved: Checkpoint | None) -> list[dict[str, Any]]:
    """The history of the run that a place is or lies in, up to the step of a lone checkpoint; empty without one."""
    folder = place if place.is_dir() else place.parent.parent
    try:
        rows = read_history(folder) if RunFolder(folder).is_run else []
    except DataError:  # nothing was logged
        return []
    return rows if saved is None or place.is_dir() else [row for row in rows if row["step"] <= saved.step]


def _verdict(saved: Checkpoint | None, recipe: Recipe) -> str:
    if saved is None:
        return ""
    try:
        return summary.closing(load_state(saved.monitor), saved.step, recipe.train.steps, saved.seconds)
    except CheckpointError:  # of a monitor that this version does not know
        return ""


def _evaluation(history: Sequence[Mapping[str, Any]]) -> str:
    evaluated = [row for row in history if "metrics" in row]
    if not evaluated:
        return ""
    scores = ", ".join(f"{name} {value:.3g}" for name, value in evaluated[-1]["metrics"].items())
    return f"at step {evaluated[-1]['step']:,}: {scores}"
