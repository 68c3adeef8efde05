"""``gan recipe list``: what there is to train, and how long it takes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.cli.recipe import _time
from gancli.recipe import listed_recipes

OURS = [path for plugin, path in listed_recipes() if plugin.is_ours]


def test_every_recipe_of_ours_says_how_long_it_takes(gan: Callable[..., Any]) -> None:
    rows = {row["recipe"]: row for row in json.loads(gan("recipe", "list", "--json").stdout)}
    assert len(OURS) >= 14
    for path in OURS:
        assert rows[path.stem]["training"], path
        assert rows[path.stem]["what it is"]
    assert rows["mnist_cgan"]["what it is"] == "Conditional GAN on MNIST, convolutional"


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("48 s on one CPU core. Digits", "48 s"),
        ("A GAN\nAbout 2 min on two CPU cores (43 ms a step).", "2 min"),
        ("158 s on two CPU cores;", "3 min"),
        ("3 h on two CPU cores", "3 h"),
        ("after 40 s of them", ""),
        ("", ""),
    ],
)
def test_the_time_is_what_the_comment_states(comment: str, shown: str) -> None:
    assert _time(comment) == shown


def test_a_recipe_without_a_comment_is_listed(
    gan: Callable[..., Any], install: Callable[..., None], tmp_path: Path
) -> None:
    folder = tmp_path / "site" / "gan_bare" / "recipes"
    folder.mkdir(parents=True)
    (folder / "bare.yaml").write_bytes(b"dataset: ring # \xff\n")
    (folder.parent / "__init__.py").touch()
    install("gan-bare", "gancli.recipes", {"gan-bare": "gan_bare.recipes"})
    rows = {row["recipe"]: row for row in json.loads(gan("recipe", "list", "--json").stdout)}
    assert rows["bare"] == {"recipe": "bare", "what it is": "", "training": "", "package": "gan-bare"}
