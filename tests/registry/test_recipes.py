"""A package brings recipes by naming a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.registry.scaled import Install


def test_a_package_brings_recipes(install: Install, gan: Callable[..., Any], tmp_path: Path, points: str) -> None:
    install("gan-recipes", "gancli.recipes", {"gan-recipes": "gan_recipes_data.recipes"})
    folder = tmp_path / "site/gan_recipes_data/recipes"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('listing imports nothing')")
    (folder / "of_a_plugin.yaml").write_text("# A ring (Nobody, 2020): what to expect\n" + points)
    assert "of_a_plugin" in gan("recipe", "list").stdout
    assert gan("train", "of_a_plugin", "--quiet").stdout == "runs/of_a_plugin\n"
