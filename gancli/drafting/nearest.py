"""The listed recipe that is nearest to what is asked for."""

from typing import Any

from gancli.drafting.choices import Choices, name_of
from gancli.errors import RecipeError
from gancli.recipe import listed_recipes, read, strict_yaml

WEIGHTS = {"model": 8, "architecture": 6, "dataset": 4, "loss": 1}  # a model needs its own networks; any loss fits
USUAL = {"dataset": "mnist"}  # is there without a download
OWN_IMAGES = ("folder", "pairs", "domains")  # datasets of the user's images


def nearest(wanted: dict[str, str]) -> Choices:
    """What the recipe with most of the wanted components says; of several, that of the first package and name.

    Args:
        wanted: names of components by the recipe's keys.
    """
    found = {f"{plugin.package}/{path.stem}": strict_yaml.read(read(path), str(path)).values for plugin, path in _all()}
    best = max(found, key=lambda name: _likeness(found[name], USUAL | wanted))
    values = found[best]
    if name_of(values["dataset"]) in OWN_IMAGES and "of" not in values["dataset"]:  # there is no folder yet
        values = values | USUAL
    return Choices(f"It begins with what the recipe {best.rpartition('/')[2]} says", values)


def values_of(name: str) -> dict[str, Any]:
    """What one of gan's own recipes says."""
    path = next(path for plugin, path in listed_recipes() if plugin.is_ours and path.stem == name)
    return dict(strict_yaml.read(read(path), str(path)).values)


def _all() -> list[Any]:
    recipes = list(listed_recipes())
    if not recipes:
        raise RecipeError("no package brings a recipe to begin with; install gancli again")
    return recipes


def _likeness(values: dict[str, Any], wanted: dict[str, str]) -> int:
    return sum(WEIGHTS[key] for key, name in wanted.items() if name_of(values.get(key)) == name)
