"""The rows of a comparison: recipes to train and runs to take as they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gancli import build, recipe
from gancli.build import places
from gancli.errors import UsageError
from gancli.recipe import Recipe
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class Entry:
    """One row: a recipe's trainings, one a seed, or a run that is taken as it is."""

    name: str
    trainings: dict[Path, Recipe]
    is_trained: bool = False


def seconds(budget: str) -> float:
    """``90s``, ``10m`` or ``1h`` in seconds; UsageError for another text."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", budget)
    if not match or not float(match[1]):
        raise UsageError(f"--budget: found {budget!r}, expected a time such as 90s, 10m or 1h")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def entries(words: Sequence[str], folder: Path, seeds: int) -> list[Entry]:
    """A row for every run or recipe that is named; a recipe is trained into ``folder/NAME/seed-S``.

    Words such as ``dataset.root=PATH`` say where the files of all of them are. Raises RecipeError, CheckpointError, and
    UsageError for two rows of one name, for a folder that is a run itself, and for a word that changes what is trained.
    """
    if _is_run(folder):
        raise UsageError(f"{folder}: is a run; name another folder with --out")
    found: dict[str, Entry] = {}
    named, moved = overridden(words)
    if not named:
        raise UsageError("name a recipe or a run, for example: gan compare mnist_gan mnist_dcgan")
    for word in named:
        path = Path(word)
        if _is_run(path):
            name = path.resolve().name
            name = word if name in found else name
            saved = places.moved(checkpoint.newest(path), moved)
            entry = Entry(name, {path: build.recipe_of(saved)}, is_trained=True)
        else:
            source = recipe.locate(word)
            places.refuse_others(moved, places.places(recipe.load(source)) if moved else {})
            by_seed = [recipe.load(source, [f"seed={seed}", *moved]) for seed in range(seeds)]
            entry = Entry(source.stem, {folder / source.stem / f"seed-{one.seed}": one for one in by_seed})
        if entry.name in found:
            raise UsageError(f"{word}: there is a row called {entry.name!r} already; rename one of the two")
        found[entry.name] = entry
    return list(found.values())


def overridden(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name recipes and runs, and those that say where files are: ``KEY=VALUE`` that is not a path."""
    moved = [word for word in words if "=" in word and not Path(word).exists()]
    return [word for word in words if word not in moved], moved


def _is_run(path: Path) -> bool:
    return RunFolder(path).is_run
