"""Places: options of a recipe that say where files are, and not what is trained.

They may differ on another day, on another disk or in another working directory: ``dataset.root=NEW`` says so to every
command that reads the files.
"""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gancli.data.archive_paths import split
from gancli.errors import DataError, RecipeError, UsageError
from gancli.recipe import Recipe, from_values
from gancli.recipe.tree import undotted
from gancli.storage.checkpoint import Checkpoint

NEW = "NEW"  # in place of a path that is not known here
LEFT_OUT = "left-out-by-gan-export"  # in place of a path that others should not see
ABOVE_A_CHECKPOINT = 4  # folders, up to the working directory: ./runs/NAME/checkpoints. Above it a name means nothing


def places(recipe: Recipe) -> dict[str, Any]:
    """Where the recipe's places are, by their dotted keys, such as ``dataset.root``."""
    known = [f"{component.key}.{option}" for component in recipe.plan for option in component.definition.places]
    return {key: _at(recipe.values(), key) for key in known}


def _at(values: Any, key: str) -> Any:
    """The value at a dotted key; None if it is not written."""
    for part in undotted(key):
        values = values[part] if isinstance(part, int) else values.get(part)
    return values


def moved(saved: Checkpoint, words: Sequence[str]) -> Checkpoint:
    """A checkpoint whose recipe has its places where the words, ``KEY=VALUE`` each, say.

    Raises UsageError for a word that changes anything else.
    """
    if not words:
        return saved
    try:
        before = from_values(saved.recipe, saved.name)
    except RecipeError:
        return saved  # its user reports what is wrong with it
    _refuse_others(words, places(before))
    return replace(saved, recipe=from_values(saved.recipe, saved.name, words).values())


def left_out(saved: Checkpoint) -> Checkpoint:
    """A checkpoint that can be given away: neither its recipe nor its origin says where files of its user are."""
    known = {key: where for key, where in places(from_values(saved.recipe, saved.name)).items() if where is not None}
    words = [f"{key}={LEFT_OUT if isinstance(where, str) else [LEFT_OUT] * len(where)}" for key, where in known.items()]
    recipe = from_values(saved.recipe, saved.name, words).values()
    origin = saved.origin and replace(saved.origin, file=Path(saved.origin.file).name)
    return replace(saved, recipe=recipe, origin=origin)


def _refuse_others(words: Sequence[str], known: dict[str, Any]) -> None:
    """Raises UsageError for a word that is not ``KEY=VALUE`` with the key of a place."""
    there = f"only the place of its files can: {', '.join(f'{key}=PATH' for key in known)}"
    way_out = there if known else "and its recipe names no place of files, so leave it out"
    for word in words:
        key, equals, _ = word.partition("=")
        if not equals or key not in known:
            raise UsageError(f"found {word!r}, and a checkpoint's recipe cannot be changed here; {way_out}")


@contextmanager
def saying_where(recipe: Recipe, command: Sequence[str], near: Path) -> Iterator[None]:
    """Adds to a DataError the command that names the place of the data, if they have moved or are other data.

    Args:
        command: the user's, as far as it is needed.
        near: a run or a checkpoint; relative places are searched for beside it.
    """
    try:
        yield
    except DataError as error:
        problem, hint = str(error), way_out(recipe, command, near)
        raise DataError(f"{problem}; {hint}" if hint and not _all_there(recipe) else problem) from None


def way_out(recipe: Recipe, command: Sequence[str], near: Path) -> str:
    """The command with which data are read from elsewhere; empty for a dataset that cannot be."""
    words = [word for word in command if not word.startswith(tuple(f"{key}=" for key in places(recipe)))]
    kept = {key: value for key, value in places(recipe).items() if key.startswith("dataset.")}
    if kept:
        new = [f"{key}={_nearby(value, near) or NEW}" for key, value in kept.items() if not _is_there(value)]
        return f"if it is elsewhere now: {shlex.join([*words, *(new or [f'{next(iter(kept))}={NEW}'])])}"
    datasets = (recipe.plan.dataset, *recipe.plan.dataset.nested())
    if all(dataset.plugin and dataset.plugin.is_ours for dataset in datasets):
        return f"if its files are elsewhere now: GAN_DATA_DIR={NEW} {shlex.join(words)}"
    return ""


def _all_there(recipe: Recipe) -> bool:
    """Whether all places of the dataset exist; a dataset without any is in the data folder."""
    kept = [value for key, value in places(recipe).items() if key.startswith("dataset.")]
    return bool(kept) and all(map(_is_there, kept))


def _is_there(place: Any) -> bool:
    if not isinstance(place, str):
        return True  # it is not set
    try:
        path = Path(place).expanduser()
        return path.exists() or split(path) is not None  # a folder in an archive
    except (OSError, RuntimeError, ValueError):  # a folder that may not be entered, an unknown user's home
        return False


def _nearby(place: str, near: Path) -> str:
    """Where a relative place is if the run was started in another working directory; empty if it is not found."""
    if Path(place).is_absolute() or place.startswith("~"):
        return ""
    beside = [folder / place for folder in near.resolve().parents[:ABOVE_A_CHECKPOINT]]
    return next((str(path) for path in beside if path != near.resolve() and _is_there(str(path))), "")
