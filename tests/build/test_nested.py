"""A dataset inside a dataset is made first, and whatever is wrong with it is reported as its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build
from gancli.build.places import places
from gancli.data import Edges, ImageFolder
from gancli.errors import DataError, PluginError, RecipeError
from gancli.recipe import Recipe

Load = Callable[..., Recipe]
Install = Callable[..., None]
Picture = Callable[..., Path]
REST = "\narchitecture: mlp\n"
FOLDER = "dataset: {name: edges, of: {name: folder, root: in, size: 16, memory_mb: 0, workers: 1}}" + REST
ODD = """
import torch
from gancli import Dataset, DataSpec

class Odd(Dataset):
    fingerprint, why_unlabelled = "odd", "'dataset.labels=all' gives labels"
    def __init__(self, *, fault: str = ""):
        if fault == "refuses": raise ValueError("odd needs more")
        if fault == "fails": raise KeyError("lost")
        self.fault = fault
        if fault != "no spec":
            self.spec = DataSpec((1, 8, 8), 0, ("x",)) if fault == "facts" else DataSpec((1, 8, 8))
    def __len__(self): return 4
    def gather(self, indices, rng):
        if self.fault == "gather": raise KeyError("lost")
        return (torch.ones(len(indices), 1, 8, 8) * (300 if self.fault == "range" else 1),)
"""


def test_it_is_made_with_its_options(load: Load, picture: Picture) -> None:
    for index in range(3):
        picture(f"in/{index}.png", index, "RGB", (40, 16))
    made = build.dataset(load(FOLDER))
    assert isinstance(made, Edges)
    assert isinstance(made.of, ImageFolder)
    assert (made.spec.shape, made.workers) == ((3, 16, 16), 1)
    # What it tells its user to change is named in full.
    assert "dataset.of.fit=pad shows whole images" in made.notice


def test_its_places_are_places(load: Load) -> None:
    assert places(load(FOLDER)) == {"dataset.of.root": "in"}
    assert places(load("dataset: {name: pairs, root: in}" + REST)) == {"dataset.root": "in"}


def test_its_errors_name_its_options_in_full(load: Load, picture: Picture) -> None:
    picture("in/1.png")
    Path("in/2.png").write_text("nothing")
    with pytest.raises(DataError, match=r"or leave them out with dataset\.of\.on_bad_image=skip"):
        build.dataset(load(FOLDER))
    unlabelled = "{name: domains, of: {name: folder, root: in, on_bad_image: skip}, classes: [a, b]}"
    with pytest.raises(
        RecipeError, match="1:1: dataset: of: found data without classes of images: in has no sub-folders"
    ):
        build.dataset(load(f"dataset: {unlabelled}" + REST))


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("refuses", RecipeError, r"r\.yaml:4:3: dataset\.of: odd needs more"),
        ("fails", PluginError, "dataset 'odd' of gan-odd 1.0 failed: KeyError: 'lost'"),
        ("no spec", PluginError, "dataset 'odd' of gan-odd 1.0 breaks its contract: a dataset sets self.spec"),
        ("facts", PluginError, "dataset 'odd' of gan-odd 1.0 failed: ValueError: found 1 class names for 0 classes"),
        ("gather", PluginError, "breaks its contract: gather.*; found KeyError: 'lost'"),
        ("range", PluginError, r"breaks its contract: .*; found x from 300 to 300, expected images in \[-1, 1\]"),
    ],
)
def test_a_fault_of_a_plugin_is_its_own(
    install: Install, load: Load, fault: str, kind: type[Exception], message: str
) -> None:
    install("gan-odd", "gancli.datasets", {"odd": "gan_odd:Odd"}, ODD)
    text = f"dataset:\n  name: edges\n  flip: true\n  of:\n    name: odd\n    fault: {fault}\n" + REST
    with pytest.raises(kind, match=message):
        build.dataset(load(text))


def test_a_plugin_without_labels_says_how_to_get_some(install: Install, load: Load) -> None:
    install("gan-odd", "gancli.datasets", {"odd": "gan_odd:Odd"}, ODD)
    with pytest.raises(RecipeError, match=r"'dataset\.of\.labels=all' gives labels"):
        build.dataset(load("dataset: {name: domains, of: odd, classes: [a, b]}" + REST))


def test_what_the_outer_one_refuses_is_said_at_its_line(load: Load, gan: Any) -> None:
    with pytest.raises(RecipeError, match=r"r\.yaml:1:1: dataset: of: found a dataset of points; expected images"):
        build.dataset(load("dataset: {name: edges, of: ring}" + REST))
    result = gan("train", "r.yaml")
    assert result.exit_code == 2
    assert "dataset: of: found a dataset of points" in result.stderr


def test_edges_of_portraits(load: Load) -> None:
    recipe = load("dataset: {name: edges, of: emoji}" + REST, "dataset.of.size=16")
    made = build.dataset(recipe)
    target, source = made.gather(torch.arange(4), torch.Generator())
    assert (target.shape, source.shape) == ((4, 3, 16, 16), (4, 1, 16, 16))
    assert len(made.held_out()) == 137
    assert recipe.plan.third_parties() == {"gan-emoji": "0.1.0"}
