"""The rows of a comparison: recipes to train and runs to take as they are."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gancli import build, recipe
from gancli.build import places
from gancli.comparison.variants import Variant, variants
from gancli.errors import RecipeError, UsageError
from gancli.recipe import Recipe
from gancli.recipe.overrides import is_override
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class Entry:
    """One row: a recipe's trainings, one a seed, or a run that is taken as it is."""

    name: str
    trainings: dict[Path, Recipe]
    is_trained: bool = False
    variant: Variant = Variant()  # noqa: RUF009 - it is frozen

    @property
    def first(self) -> tuple[Path, Recipe]:
        """Where the first of its trainings is, and what it trains."""
        return next(iter(self.trainings.items()))


def seconds(budget: str) -> float:
    """``90s``, ``10m`` or ``1h`` in seconds; UsageError for another text."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", budget)
    if not match or not float(match[1]):
        raise UsageError(f"--budget: found {budget!r}, expected a time such as 90s, 10m or 1h")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def entries(words: Sequence[str], folder: Path, seeds: int, vary: Sequence[str] = ()) -> list[Entry]:
    """A row for every run, and for every variant of every recipe, that is named.

    A recipe is trained into ``folder/NAME/seed-S``, a variant of it into ``folder/NAME/VARIANT/seed-S``. Words that are
    ``KEY=VALUE`` change all recipes; of a run, they can only say where its files are.

    Args:
        vary: ``KEY=VALUE,VALUE,…`` each.

    Raises RecipeError with the problems of all variants, CheckpointError, and UsageError for two rows of one name, for
    a folder that is a run itself, and for a word that changes runs alone.
    """
    if _is_run(folder):
        raise UsageError(f"{folder}: is a run; name another folder with --out")
    changed = variants(vary)
    found: dict[str, Entry] = {}
    named, overrides = overridden(words)
    if not named:
        raise UsageError("name a recipe or a run, for example: gan compare mnist_gan mnist_dcgan")
    only_runs = all(_is_run(Path(word)) for word in named)
    if vary and only_runs:
        raise UsageError(f"--vary changes recipes, and {named[0]} is a run, which was trained as it was")
    for word in named:
        path = Path(word)
        if _is_run(path):
            rows: Iterable[Entry] = [_of_run(path, word, found, overrides, only_places=only_runs)]
        else:
            rows = _of_recipe(word, folder, seeds, overrides, changed)
        for entry in rows:
            name = " ".join(filter(None, [entry.name if len(named) > 1 else "", entry.variant.name])) or entry.name
            if name in found:
                raise UsageError(f"{word}: there is a row called {name!r} already; rename one of the two")
            found[name] = replace(entry, name=name)
    return list(found.values())


def _of_run(path: Path, word: str, found: Collection[str], overrides: Sequence[str], *, only_places: bool) -> Entry:
    name, saved = path.resolve().name, checkpoint.newest(path)
    if not only_places:
        known = places.places(build.recipe_of(saved))
        overrides = [override for override in overrides if _key(override) in known]
    saved = places.moved(saved, overrides)
    return Entry(word if name in found else name, {path: build.recipe_of(saved)}, is_trained=True)


def _of_recipe(
    word: str, folder: Path, seeds: int, overrides: Sequence[str], changed: Sequence[Variant]
) -> Iterator[Entry]:
    source = recipe.locate(word)
    for variant, by_seed in zip(changed, _loaded(source, seeds, overrides, changed), strict=True):
        known = places.places(by_seed[0])
        kept = [override for override in overrides if _key(override) not in known]
        runs = folder / source.stem / Variant((*kept, *variant.overrides)).folder
        yield Entry(source.stem, {runs / f"seed-{one.seed}": one for one in by_seed}, variant=variant)


def _loaded(source: Path, seeds: int, overrides: Sequence[str], changed: Sequence[Variant]) -> list[list[Recipe]]:
    """The recipes of all seeds, for each variant; raises RecipeError with the problems of all of them."""
    loaded: list[list[Recipe]] = []
    problems: dict[str, list[Variant]] = {}
    for variant in changed:
        try:
            words = [*overrides, *variant.overrides]
            loaded.append([recipe.load(source, [f"seed={seed}", *words]) for seed in range(seeds)])
        except RecipeError as error:
            for problem in error.problems:
                problems.setdefault(problem, []).append(variant)
    if problems:
        raise RecipeError(*(line for problem, of in problems.items() for line in _named(problem, of, len(changed))))
    return loaded


def _named(problem: str, of: Sequence[Variant], total: int) -> Iterable[str]:
    """A problem with the names of its variants, unless all have it: then it is the recipe's own."""
    return [problem] if len(of) == total else dict.fromkeys(variant.described(problem) for variant in of)


def overridden(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name recipes and runs, and those that are overrides: ``KEY=VALUE`` that is not a path.

    Raises UsageError for an override of the seed.
    """
    overrides = [word for word in words if is_override(word)]
    if any(_key(override) == "seed" for override in overrides):
        raise UsageError("seed: every row has several seeds already; choose their number with --seeds")
    return [word for word in words if word not in overrides], overrides


def _key(override: str) -> str:
    return override.partition("=")[0]


def _is_run(path: Path) -> bool:
    return RunFolder(path).is_run
