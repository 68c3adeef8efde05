"""Where a run goes on, what it must not change then, and what it may."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from gancli import build, checkpoint
from gancli.build import Training
from gancli.checkpoint import Checkpoint
from gancli.data import Dataset, manifest
from gancli.errors import CheckpointError, DataError, RecipeError
from gancli.recipe import Recipe, from_values, load

# A resumed run may become longer, move to another device, write at another pace and read in another way.
FREE = {"device", "dataset.workers", "dataset.memory_mb"}
FREE |= {f"train.{key}" for key in ("steps", "log_every", "sample_every", "evaluate_every", "checkpoint_every", "keep")}


@dataclass
class Start:
    """Where a run goes on: from a checkpoint, or from its recipe if it was ended before it saved one."""

    recipe: Recipe
    training: Training
    saved: Checkpoint | None
    notices: list[str] = field(default_factory=list)  # for the user
    changes: list[str] = field(default_factory=list)  # for the user, and for the run's history
    data_changed: bool = False


def find(place: Path, overrides: Sequence[str], *, allow_data_change: bool) -> Start:
    """The newest valid checkpoint of a run, with everything that its recipe names made again.

    Raises CheckpointError if none can be used, DataError if the dataset is not the one the run was started with, and
    RecipeError if an override changes what is trained.
    """
    if not checkpoint.in_order(place / "checkpoints"):
        recipe = load(place / "recipe.yaml", overrides, name=place.resolve().name)
        notice = "no checkpoint had been saved; starting from the first step"
        return Start(recipe, build.training(recipe), None, [notice])
    notices: list[str] = []
    saved = checkpoint.newest(place, notices.append)
    before = build.recipe_of(saved)
    recipe = from_values(saved.recipe, saved.name, overrides) if overrides else before
    refuse_changes(before, recipe)
    try:
        training = build.training(recipe, saved.data)
    except RecipeError as error:  # what an override may change is none of it
        raise CheckpointError(f"{saved.file}: cannot be gone on from: {error}") from None
    change = data_change(saved, training.dataset, place / "dataset.sha256")
    if change and not allow_data_change:
        refuse_other_data(place, saved, change)
    changes = [*machine_changes(saved), *([f"the data has changed: {change}"] if change else [])]
    return Start(recipe, training, saved, notices, changes, bool(change))


def refuse_changes(saved: Recipe, resumed: Recipe) -> None:
    """Raises RecipeError with every change, old → new, of what is trained."""
    before, after = flat(saved.values()), flat(resumed.values())
    changed = [key for key in before | after if before.get(key) != after.get(key) and key not in FREE]
    if changed:
        changes = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in changed]
        raise RecipeError("a resumed run cannot change what is trained; start a new run for it:", *changes)


def flat(values: Any, path: str = "") -> dict[str, Any]:
    """Nested values by their dotted keys."""
    if not isinstance(values, dict | list) or not values:
        return {path: values}
    items = values.items() if isinstance(values, dict) else enumerate(values)
    return {key: value for name, part in items for key, value in flat(part, f"{path}.{name}".lstrip(".")).items()}


def data_change(saved: Checkpoint, dataset: Dataset, listing: Path) -> str:
    """What is different about the data since the run was started; empty if nothing is.

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


def refuse_other_data(directory: Path, saved: Checkpoint, change: str) -> None:
    """Raises DataError: a run that went on with other data would be neither of the two."""
    raise DataError(
        f"{directory}: the dataset {saved.recipe['dataset']['name']!r} is not the one that this run was started with: "
        f"{change}; bring the old data back, start a new run, or accept it with --allow-data-change"
    )


def machine_changes(saved: Checkpoint) -> Iterator[str]:
    """What is different about the machine, so that a resumed run may differ from a whole one in its last bits."""
    for what, then, now in (
        ("threads", saved.threads, torch.get_num_threads()),
        ("torch", saved.torch, torch.__version__),
        ("CPU instructions", saved.cpu, torch.backends.cpu.get_cpu_capability()),
    ):
        if then != now:
            yield f"saved with {what} {then}, resumed with {now}: not bit-identical to one whole run"
