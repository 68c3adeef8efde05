"""An error about a component of this project that is not installed names the package that brings it."""

import tomllib
from pathlib import Path

import pytest

from gancli import registry
from gancli.errors import RecipeError
from gancli.recipe import locate
from gancli.registry.known import PACKAGES

PLUGINS = Path(__file__).parents[2] / "plugins"


def _brought(package: Path) -> dict[str, list[str]]:
    groups = tomllib.loads((package / "pyproject.toml").read_text())["project"]["entry-points"]
    kinds = {group: kind for kind, group in registry.GROUPS.items()}
    found = {kinds[group]: sorted(points) for group, points in groups.items()}
    if "recipe" in found:
        found["recipe"] = sorted(path.stem for path in package.glob("*/recipes/*.yaml"))
    return found


def test_the_packages_of_the_project_are_known() -> None:
    assert {path.name: _brought(path) for path in PLUGINS.iterdir() if (path / "pyproject.toml").exists()} == PACKAGES


@pytest.mark.parametrize("name", ["wandb", "gan-wandb/wandb"])
def test_what_is_not_installed_is_named_with_its_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.discovery, "installed", tuple)
    registry.plugins.cache_clear()
    try:
        with pytest.raises(LookupError, match="as a logger; the package gan-wandb brings it: pip install gan-wandb"):
            registry.find("logger", name)
    finally:
        registry.plugins.cache_clear()


def test_so_is_a_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.recipe.files.listed_recipes", list)
    with pytest.raises(RecipeError, match="the package gan-emoji brings it: pip install gan-emoji"):
        locate("emoji_quick")
