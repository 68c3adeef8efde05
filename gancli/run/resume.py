"""Resuming a run: from which checkpoint, and what is left to do."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gancli import build, commands, monitoring
from gancli.build import Training
from gancli.build.places import saying_where, way_out
from gancli.errors import CheckpointError, DataError, DeviceError, RecipeError, printable
from gancli.recipe import Recipe, from_values, load, ramps, read, strict_yaml
from gancli.run import patience, precision
from gancli.run.changes import data_change, machine_changes, recipe_changes, refuse_changes, refuse_other_data
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder

NOT_EVALUATED = "not evaluated"  # the beginning of the warning that an evaluation failed


@dataclass
class Start:
    """The start of a resumed run: a checkpoint, or its recipe if it was ended before it saved one."""

    recipe: Recipe
    training: Training
    saved: Checkpoint | None
    notices: list[str] = field(default_factory=list)  # for the user
    changes: list[str] = field(default_factory=list)  # for the user, and for the run's history
    data_changed: bool = False
    recipe_changed: bool = False
    nothing_to_do: str = ""  # the reason, if there is nothing to train
    evaluation_is_due: bool = False  # of the step that was saved: a signal had interrupted it


def find(folder: RunFolder, overrides: Sequence[str], *, allow_data_change: bool) -> Start:
    """The newest valid checkpoint of a run, with everything that its recipe names made again.

    Raises CheckpointError if none can be used, DataError if the dataset is not the one the run was started with, and
    RecipeError if an override changes what is trained.
    """
    place = folder.path
    command = ["gan", "train", "--resume", str(place), *overrides]
    if not folder.checkpoints():
        return _from_the_first_step(folder, overrides, command)
    notices: list[str] = []
    saved = checkpoint.newest(place, notices.append)
    saved.refuse_generator_only("gan train --resume")
    before = build.recipe_of(saved)
    recipe, log = before, _loggers_of(folder)
    if overrides or log:
        recipe = precision.kept(from_values(saved.recipe | {"log": log}, saved.name, overrides), before)
    refuse_changes(before, recipe)
    due = _evaluation_is_due(place, saved.step, before, recipe)
    nothing_to_do = "" if due else _nothing_to_do(place, saved, before, recipe)
    if recipe.train.steps <= saved.step and recipe.train.steps != before.train.steps:
        recipe = from_values(recipe.values(), saved.name, [f"train.steps={before.train.steps}"])
    training = _training(recipe, saved, place, command)
    change = data_change(saved, training.dataset, folder.data_listing)
    if change and not allow_data_change:
        refuse_other_data(place, saved, change, way_out(recipe, command, place))
    changes = [*machine_changes(saved), *([f"the data has changed: {change}"] if change else [])]
    changes += recipe_changes(before, recipe, saved.step, command)
    due = due and not change  # a step that was evaluated on other data is not evaluated again
    is_other = recipe.trained_values() != before.trained_values()
    return Start(recipe, training, saved, notices, changes, bool(change), is_other, nothing_to_do, due)


def _loggers_of(folder: RunFolder) -> Any:
    """The loggers of a run as its recipe names them, for its checkpoints do not; none if the recipe is not there."""
    try:
        return strict_yaml.read(read(folder.recipe), str(folder.recipe)).values.get("log", [])
    except RecipeError:
        return []


def _from_the_first_step(folder: RunFolder, overrides: Sequence[str], command: Sequence[str]) -> Start:
    _refuse_lost_start(folder)
    name = folder.path.resolve().name
    before, recipe = (load(folder.recipe, changes, name=name) for changes in (["log=[]"], overrides))
    recipe = precision.kept(recipe, before)
    with saying_where(recipe, command, folder.path):
        training = build.training(recipe)
    notice = "no checkpoint had been saved; starting from the first step"
    kept = ramps.kept(before, recipe, 0, shlex.join(command))
    return Start(recipe, training, None, [notice], [kept] if kept else [])


def _refuse_lost_start(folder: RunFolder) -> None:
    """Raises CheckpointError for a run that started from other networks, and has no checkpoint with them any more."""
    try:
        origins = [line["origin"] for line in read_history(folder.path) if "origin" in line]
    except DataError:
        return
    if origins:
        again = commands.command("train", folder.recipe) + " --from …"
        raise CheckpointError(
            f"{folder.path}: {printable(str(origins[0]))}, and its checkpoints are gone; start again with: {again}"
        )


def _training(recipe: Recipe, saved: Checkpoint, place: Path, command: Sequence[str]) -> Training:
    try:
        with saying_where(recipe, command, place):
            return build.training(recipe, saved.data)
    except RecipeError as error:  # not by an override: those that are allowed cannot cause it
        raise CheckpointError(f"{saved.file}: cannot resume from it: {error}") from None
    except DeviceError as error:
        raise DeviceError(
            f"{error}; resume on a device that is there: {shlex.join([*command, 'device=auto'])}"
        ) from None


def _nothing_to_do(place: Path, saved: Checkpoint, before: Recipe, recipe: Recipe) -> str:
    """Why there is nothing to train; empty if there is something."""
    step = saved.step
    if recipe.train.steps > step:
        best = _best(saved) if recipe.train.patience else None
        if best is None or not patience.is_spent(recipe, best):
            return ""
        more = commands.resume(place, f"train.patience={2 * best.unimproved}")
        reason = f"stopped at step {step:,} of {recipe.train.steps:,}, because {patience.reason(best)}"
        return f"nothing to do: {reason}; to train on: {more}"
    wanted = "" if recipe.train.steps == step else f", and train.steps is {recipe.train.steps}"
    longer = commands.resume(place, *([f"train.steps={2 * step}"] if before.train.steps <= step else []))
    return f"nothing to do: {step} steps are done{wanted}; to train for longer: {longer}"


def _best(saved: Checkpoint) -> monitoring.BestEvaluation | None:
    try:
        return monitoring.best_evaluation(saved.monitor)
    except CheckpointError as error:
        raise CheckpointError(f"{saved.file}: cannot resume from it: {error}") from None


def _evaluation_is_due(place: Path, step: int, before: Recipe, recipe: Recipe) -> bool:
    """Whether the evaluation of the last step was interrupted by a signal."""
    if not step or not before.train.evaluate_every or not recipe.train.evaluate_every:
        return False  # the networks that a run starts from are not evaluated
    try:
        lines = [line for line in read_history(place) if line["step"] == step]
    except DataError:  # it was removed
        return False
    done = any("metrics" in line or str(line.get("warning", "")).startswith(NOT_EVALUATED) for line in lines)
    return not done and (step % before.train.evaluate_every == 0 or step == before.train.steps)
