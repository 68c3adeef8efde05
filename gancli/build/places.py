"""Places: options of a recipe that say where something lies, and not what is trained.

They may be others on another day, on another disk or in another working directory: ``dataset.root=NEW`` says so to
every command that reads what lies there.
"""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gancli import registry
from gancli.errors import DataError, RecipeError, UsageError
from gancli.recipe import Recipe, from_values, place_options
from gancli.storage.checkpoint import Checkpoint

NEW = "NEW"  # stands for a place that nobody here knows


def places(recipe: Recipe) -> dict[str, Any]:
    """Where the recipe's places are, by their dotted keys, such as ``dataset.root``."""
    components = [(kind, kind, getattr(recipe, kind)) for kind in ("dataset", "model", "architecture", "loss")]
    components += [("penalty", f"penalties.{index}", it) for index, it in enumerate(recipe.penalties)]
    return {
        f"{path}.{option}": component.options.get(option)
        for kind, path, component in components
        for option in place_options(kind, component)
    }


def moved(saved: Checkpoint, words: Sequence[str]) -> Checkpoint:
    """A checkpoint whose recipe has its places where the words, ``KEY=VALUE`` each, say.

    Raises UsageError for a word that changes anything else.
    """
    if not words:
        return saved
    try:
        before = from_values(saved.recipe, saved.name)
    except RecipeError:
        return saved  # whoever uses it says what is wrong with it
    refuse_others(words, places(before))
    return replace(saved, recipe=from_values(saved.recipe, saved.name, words).values())


def refuse_others(words: Sequence[str], known: dict[str, Any]) -> None:
    """Raises UsageError for a word that is no ``KEY=VALUE`` with the key of a place."""
    there = f"what can be is where its files are: {', '.join(f'{key}=PATH' for key in known)}"
    way_out = there if known else "and its recipe names no place where files are, so leave it out"
    for word in words:
        key, equals, _ = word.partition("=")
        if not equals or key not in known:
            raise UsageError(f"found {word!r}, and a checkpoint's recipe cannot be changed here; {way_out}")


@contextmanager
def saying_where(recipe: Recipe, command: Sequence[str], near: Path) -> Iterator[None]:
    """Adds to a DataError how to say where the data are now, if they are not where the recipe says, or are not its.

    Args:
        command: what the user typed, as far as it is needed.
        near: a run or a checkpoint, beside which relative places are looked for.
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
    if registry.find("dataset", recipe.dataset.name).is_ours:
        return f"if its files are elsewhere now: GAN_DATA_DIR={NEW} {shlex.join(words)}"
    return ""


def _all_there(recipe: Recipe) -> bool:
    """Whether all places of the dataset are; a dataset without any is looked for in the data folder."""
    kept = [value for key, value in places(recipe).items() if key.startswith("dataset.")]
    return bool(kept) and all(map(_is_there, kept))


def _is_there(place: Any) -> bool:
    if not isinstance(place, str):
        return True  # it is not set
    try:
        return Path(place).expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # one that may not be entered, the home of nobody
        return False


def _nearby(place: str, near: Path) -> str:
    """Where a relative place is if the run was started in another working directory; empty if it is not seen."""
    if Path(place).is_absolute() or place.startswith("~"):
        return ""
    beside = [folder / place for folder in near.resolve().parents]
    return next((str(path) for path in beside if path != near.resolve() and _is_there(str(path))), "")
