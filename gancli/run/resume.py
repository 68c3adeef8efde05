"""Resuming a run: from which checkpoint, and which changes are allowed."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from gancli import build, commands, monitoring, registry
from gancli.build import Training
from gancli.build.places import places, saying_where, way_out
from gancli.data import Dataset, manifest
from gancli.errors import CheckpointError, DataError, DeviceError, RecipeError, printable
from gancli.recipe import Recipe, from_values, load, ramps, read, strict_yaml
from gancli.run import patience, precision
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder
from gancli.training import processes

# A resumed run may become longer, move to another device, write at another pace and read in another way.
FREE = {"device"}
FREE |= {f"train.{key}" for key in ("steps", "accumulate", "log_every", "sample_every", "evaluate_every", "patience")}
FREE |= {"train.checkpoint_every", "train.keep", "train.cuda_graph"}
NOT_EVALUATED = "not evaluated"  # the beginning of the warning that an evaluation failed
OTHER_BITS = "not bit-identical to one uninterrupted run"
READING = re.compile(r"dataset(\.\w+)*\.(workers|memory_mb)")  # of a dataset inside it too
RAMP_STEPS = re.compile(r"optimizer(\.(discriminator|generator))?\.\w+\.steps")


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
        again = f"gan train {shlex.quote(str(folder.recipe))} --from …"
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


def refuse_changes(saved: Recipe, resumed: Recipe) -> None:
    """Raises RecipeError with every change, old → new, of what is trained."""
    before, after = flat(saved.trained_values()), flat(resumed.trained_values())
    free = FREE | places(saved).keys()
    changed = [key for key in before | after if before.get(key) != after.get(key)]
    changed = [key for key in changed if not (key in free or READING.fullmatch(key) or RAMP_STEPS.fullmatch(key))]
    if changed:
        changes = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in changed]
        raise RecipeError("a resumed run cannot change what is trained; start a new run for it:", *changes)


def recipe_changes(before: Recipe, after: Recipe, step: int, command: Sequence[str]) -> list[str]:
    """The overrides that the history records: new places, new lengths of ramps, and ramps that keep theirs."""
    here, there = places(before), places(after)
    moved = [f"{key}: {here[key]!r} → {there[key]!r}" for key in here if here[key] != there.get(key)]
    parts = [recipe.train.accumulate for recipe in (before, after)]
    if parts[0] != parts[1]:
        moved.append(f"saved with train.accumulate={parts[0]}, resumed with {parts[1]}: {OTHER_BITS}")
    kept = ramps.kept(before, after, step, shlex.join(command))
    return [*moved, *ramps.changed(before, after, step), *([kept] if kept else [])]


def flat(values: Any, path: str = "") -> dict[str, Any]:
    """Nested values by their dotted keys."""
    if not isinstance(values, dict | list) or not values:
        return {path: values}
    items = values.items() if isinstance(values, dict) else enumerate(values)
    return {key: value for name, part in items for key, value in flat(part, f"{path}.{name}".lstrip(".")).items()}


def data_change(saved: Checkpoint, dataset: Dataset, listing: Path) -> str:
    """The difference between the data and those that the run was started with; empty if there is none.

    ``listing`` is the run's list of files, which is there for datasets that are made of files.
    """
    if dataset.fingerprint == saved.fingerprint:
        return ""
    if saved.data != dataset.spec:
        return f"found {dataset.spec}, expected {saved.data}"
    if dataset.manifest and listing.is_file():
        difference = manifest.difference(manifest.read(listing.read_text("utf-8", "surrogateescape")), dataset.manifest)
        return difference or "the same files are read in another way"
    return (
        f"found {len(dataset):,} examples with the fingerprint {dataset.fingerprint[:12]}, "
        f"expected {saved.fingerprint[:12]}"
    )


def refuse_other_data(directory: Path, saved: Checkpoint, change: str, elsewhere: str) -> None:
    """Raises DataError: a run that continued with other data would be neither of the two."""
    raise DataError(
        f"{directory}: the dataset {saved.recipe['dataset']['name']!r} is not the one that this run was started with: "
        f"{change}; restore the old data, start a new run, or accept it with --allow-data-change"
        + (f"; {elsewhere}" if elsewhere else "")
    )


def machine_changes(saved: Checkpoint) -> Iterator[str]:
    """Differences of the machine by which a resumed run may differ from an uninterrupted one in its last bits."""
    for what, then, now in (
        ("processes", saved.processes, processes.size()),
        ("threads", saved.threads, torch.get_num_threads()),
        ("torch", saved.torch, torch.__version__),
        ("CPU instructions", saved.cpu, torch.backends.cpu.get_cpu_capability()),
    ):
        if then != now:
            yield f"saved with {what} {then}, resumed with {now}: {OTHER_BITS}"
    installed = {plugin.package: plugin.version for plugin in registry.installed()}
    for package, then in saved.plugins.items():
        if installed.get(package, then) != then:
            yield f"saved with {package} {then}, resumed with {installed[package]}: it may train differently"
