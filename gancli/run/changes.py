"""Changes between a run and its resumption: of the recipe, of the data, of the machine."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from gancli import registry
from gancli.build.places import places
from gancli.data import Dataset, manifest
from gancli.errors import DataError, RecipeError
from gancli.recipe import Recipe, ramps
from gancli.storage.checkpoint import Checkpoint
from gancli.training import processes

# A resumed run may become longer, move to another device, write at another pace and read in another way.
FREE = {"device"}
FREE |= {f"train.{key}" for key in ("steps", "accumulate", "log_every", "sample_every", "evaluate_every", "patience")}
FREE |= {"train.checkpoint_every", "train.keep", "train.cuda_graph"}
READING = re.compile(r"dataset(\.\w+)*\.(workers|memory_mb)")  # of a dataset inside it too
RAMP_STEPS = re.compile(r"optimizer(\.(discriminator|generator))?\.\w+\.steps")
OTHER_BITS = "not bit-identical to one uninterrupted run"


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
