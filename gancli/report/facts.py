"""The facts of a run, collected from its folder: whatever is there, for a run may have been killed at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gancli.errors import CheckpointError, DataError, GanError
from gancli.evaluation.recorded import RecordedReport, read_report
from gancli.explanation.warnings_in_words import WarningOfRun, warnings_of
from gancli.figures import equilibrium
from gancli.figures.curves import over_steps
from gancli.monitoring import summary
from gancli.monitoring.state import load_state
from gancli.recipe import files, strict_yaml
from gancli.report import saved as headers
from gancli.report.pictures import Picture, SampleSeries, series, single
from gancli.report.recipe_in_words import RecipeInWords, in_words
from gancli.report.saved import Saved
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder, existing_run

SHARE_OF_SAMPLES = 0.7  # of the bytes for a run's pictures; the others have the rest
MAX_STEP = 10**12
Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class RunFacts:
    """A run, for a reader."""

    name: str
    folder: RunFolder
    recipe: dict[str, Any]  # resolved; empty if it cannot be read
    recipe_text: str
    words: RecipeInWords | None
    saved: Saved | None  # None: there is no checkpoint
    history: Rows
    verdict: str  # of the monitor, in a sentence; empty before the first checkpoint
    warnings: tuple[WarningOfRun, ...]  # the kinds
    equilibrium: equilibrium.LossValues
    measured: int | None  # the step that 'gan evaluate' measures
    metrics: RecordedReport | None
    samples: SampleSeries
    reals: Picture | None
    nearest: Picture | None
    repeated: Picture | None

    @property
    def step(self) -> int:
        """The last step that is known of."""
        return max([self.saved.step if self.saved else 0, *(row["step"] for row in self.history)])

    @property
    def steps(self) -> int | None:
        """The steps that its recipe asks for; None if that is not known."""
        train = self.recipe.get("train")
        steps = train.get("steps") if isinstance(train, dict) else None
        return steps if isinstance(steps, int) else None

    @property
    def seconds(self) -> float:
        """Of training, up to the last step that is known of."""
        logged = over_steps(self.history, "seconds")[1]
        return float(np.nanmax([self.saved.seconds if self.saved else 0.0, *logged[-1:]]))

    @property
    def translates(self) -> bool:
        """Whether its generator takes images."""
        return self.saved is not None and self.saved.data.source is not None

    def events(self, kind: str) -> list[tuple[int, str]]:
        """Logged events, ``"warning"``, ``"notice"``, ``"origin"`` or ``"end"``, each with its step."""
        return [(row["step"], str(row[kind])) for row in self.history if kind in row]


def collect(place: Path, name: str, limit: int) -> RunFacts:
    """The facts of the run in a folder.

    Args:
        limit: bytes of its pictures.

    Raises CheckpointError for a folder that is not a run.
    """
    folder = existing_run(place)
    text, values = _recipe(folder)
    saved, history = headers.newest(folder), _history(folder)
    values = values or (saved.recipe if saved else {})
    rest = int((1 - SHARE_OF_SAMPLES) / 3 * limit)
    return RunFacts(
        name=name,
        folder=folder,
        recipe=values,
        recipe_text=text or (strict_yaml.dump(values) if values else ""),
        words=in_words(values, translates=saved is not None and saved.data.source is not None),
        saved=saved,
        history=history,
        verdict=_verdict(saved, values),
        warnings=tuple(warnings_of(history)),
        equilibrium=equilibrium.of_run(folder.path, search=False),
        measured=result.step if (result := headers.result(folder)) else None,
        metrics=read_report(folder.path),
        samples=series(folder.sample_pictures(), int(SHARE_OF_SAMPLES * limit)),
        reals=single(folder.reals, rest),
        nearest=single(folder.figure("nearest"), rest),
        repeated=single(folder.figure("repeated"), rest),
    )


def _recipe(folder: RunFolder) -> tuple[str, dict[str, Any]]:
    """The text of the resolved recipe, and its values; empty if it cannot be read."""
    try:
        raw = files.read(folder.recipe)
    except GanError:
        return "", {}
    try:
        return raw.decode(errors="replace"), strict_yaml.read(raw, folder.recipe.name).values
    except GanError:  # not the recipe that gan wrote
        return raw.decode(errors="replace"), {}


def _history(folder: RunFolder) -> Rows:
    """The lines of the history whose step can be one."""
    try:
        rows = read_history(folder.path)
    except DataError:  # nothing has been logged yet
        return []
    return [row | {"step": int(float(row["step"]))} for row in rows if 0 <= float(row["step"]) < MAX_STEP]


def _verdict(saved: Saved | None, recipe: dict[str, Any]) -> str:
    try:
        steps = int(recipe["train"]["steps"])
        return summary.closing(load_state(saved.monitor), saved.step, steps, saved.seconds) if saved else ""
    except (CheckpointError, LookupError, TypeError, ValueError):  # of a monitor that this version does not know
        return ""
