"""Where recipes come from: a path, a listed name, or the header of a checkpoint."""

import json
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gancli import registry
from gancli.errors import RecipeError
from gancli.names import canonical_name, suggestion
from gancli.recipe import strict_yaml
from gancli.recipe.checking import check, write_out_ramps
from gancli.recipe.schema import Recipe
from gancli.recipe.tree import Tree

RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def locate(text: str) -> Path:
    """The file behind a path or a listed name, which may begin with its package: ``gan-mine/ring``.

    Raises RecipeError, with the nearest listed name, if there is none, or if two packages have one of this name.
    """
    listed: dict[str, dict[str, Path]] = {}  # the files of a name, by package
    for plugin, path in listed_recipes():
        package = canonical_name(plugin.package)
        for name in (path.stem, f"{package}/{path.stem}"):
            listed.setdefault(name, {}).setdefault(package, path)
    if _kind(Path(text)) == "a file" or (_kind(Path(text)) != "no file" and text not in listed):
        return Path(text)
    if len(found := listed.get(text, {})) > 1:
        full_names = " or ".join(f"{package}/{text}" for package in found)
        raise RecipeError(f"{text}: two packages bring a recipe of this name; write {full_names}")
    if found:
        return next(iter(found.values()))
    hint = registry.how_to_get("recipe", text) or suggestion(Path(text).stem, listed)
    hint = hint or "; 'gan recipe list' shows the names that work anywhere"
    raise RecipeError(f"{text}: there is no such file, and no listed recipe of this name{hint}")


def listed_recipes() -> Iterator[tuple[registry.Plugin, Path]]:
    """Every recipe that comes with an installed package, ours first."""
    for plugin, folder in sorted(registry.recipe_folders(), key=lambda found: not found[0].is_ours):
        for path in sorted(folder.rglob("*.yaml")):
            yield plugin, path


def load(path: str | Path, overrides: Sequence[str] = (), *, name: str | None = None) -> Recipe:
    """Read a recipe, change it by ``KEY=VALUE`` overrides, and check it.

    It is named after its file, unless ``name`` says otherwise. Raises RecipeError with one line a problem.
    """
    path = Path(path)
    raw = read(path)
    if not RUN_NAME.fullmatch(path.stem):
        raise RecipeError(f"{path}: a run is named after its recipe; use letters, digits, '.', '_' and '-' in the name")
    return check(strict_yaml.read(raw, str(path)), overrides, name or path.stem)


def read(path: Path) -> bytes:
    """The bytes of a recipe's file, and no more of them than a recipe can have.

    Raises RecipeError if it cannot be read.
    """
    if (found := _kind(path)) != "a file":
        raise RecipeError(f"{path}: found {found}; expected a recipe, as YAML")
    try:
        with path.open("rb") as file:
            return file.read(strict_yaml.MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None


def from_values(values: dict[str, Any], name: str, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe of a checkpoint's header, checked like any other."""
    tree = Tree(json.loads(json.dumps(values)), {(): name})
    write_out_ramps(tree)  # before an override makes the training longer: older files leave it to train.steps
    return check(tree, overrides, name)


def _kind(path: Path) -> str:
    """The kind of thing at a path; only ``"a file"`` can be read without hanging."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # not there, a loop of links, a name that no file can have
        return "no file"
    return "a file" if stat.S_ISREG(mode) else "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
