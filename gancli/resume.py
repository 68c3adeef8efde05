"""What a run must not change when it goes on, and what it may."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from gancli.checkpoint import Checkpoint
from gancli.data import Dataset, manifest
from gancli.errors import DataError, RecipeError
from gancli.recipe import Recipe

# A resumed run may become longer, move to another device, write at another pace and read in another way.
FREE = {"device", "dataset.workers", "dataset.memory_mb"}
FREE |= {f"train.{key}" for key in ("steps", "log_every", "sample_every", "evaluate_every", "checkpoint_every", "keep")}


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
