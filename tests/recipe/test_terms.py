"""Penalties, regularisers and the augmentation of a recipe, and how often a term is due."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gancli import recipe
from gancli.errors import RecipeError
from gancli.recipe import Recipe

Load = Callable[..., Recipe]
Install = Callable[..., None]

LEAST = "dataset: ring\narchitecture: mlp\n"
REGULARISER = """
from gancli import Regulariser

class Size(Regulariser):
    def __init__(self, *, weight: float = 2.0):
        super().__init__()
        self.weight = weight
    def forward(self, generator, z, y):
        return self.weight * generator(z).square().mean()
"""
AUGMENTATION = """
from gancli import Augmentation

class Shift(Augmentation):
    def __init__(self, *, by: float = 0.1):
        super().__init__()
        self.by = by
    def forward(self, x):
        return x + self.by
"""


@pytest.fixture
def size(install: Install) -> None:
    install("gan-size", "gancli.regularisers", {"size": "gan_size:Size"}, REGULARISER)


@pytest.fixture
def shift(install: Install) -> None:
    install("gan-shift", "gancli.augmentations", {"shift": "gan_shift:Shift"}, AUGMENTATION)


def test_a_term_is_due_at_every_step_unless_the_recipe_says_otherwise(load: Load) -> None:
    values = load(LEAST + "penalties: [r1, {name: gradient-penalty, every: 4, weight: 3}]\n").values()
    assert values["penalties"] == [
        {"name": "r1", "every": 1, "gamma": 1.0},
        {"name": "gradient-penalty", "every": 4, "weight": 3},
    ]


def test_every_is_of_the_recipe_and_not_of_the_component(load: Load) -> None:
    (penalty,) = load(LEAST + "penalties: [{name: r1, every: 16, gamma: 3}]\n").plan.penalties
    assert (penalty.key, penalty.every, penalty.options) == ("penalties.0", 16, {"gamma": 3.0})


@pytest.mark.usefixtures("size")
def test_regularisers(load: Load) -> None:
    found = load(LEAST + "regularisers: [{name: size, every: 3}]\n", "regularisers.0.weight=4")
    assert found.values()["regularisers"] == [{"name": "size", "every": 3, "weight": 4}]
    (regulariser,) = found.plan.regularisers
    assert (regulariser.every, regulariser.options) == (3, {"weight": 4.0})
    assert found.plan.third_parties() == {"gan-size": "1.0"}


@pytest.mark.usefixtures("shift")
@pytest.mark.parametrize("overrides", [["augmentation=shift"], ["augmentation.name=shift"]])
def test_an_augmentation(load: Load, overrides: list[str]) -> None:
    assert load(LEAST).plan.augmentation is None
    assert load(LEAST).values()["augmentation"] == {"name": "none"}
    found = load(LEAST, *overrides, "augmentation.by=0.5")
    assert found.plan.augmentation is not None
    assert found.plan.augmentation.options == {"by": 0.5}
    assert load(found.to_yaml(), "augmentation=none").plan.augmentation is None


@pytest.mark.usefixtures("size", "shift")
def test_what_is_wrong_with_a_term_of_a_plugin_comes_with_its_place(load: Load) -> None:
    text = "augmentation: {name: shift, bye: 1}\nregularisers:\n- {name: size, wieght: 1}\n- size\n" + LEAST
    with pytest.raises(RecipeError) as caught:
        load(text)
    assert caught.value.problems == (
        "r.yaml:1:29: augmentation.bye: unknown key; did you mean 'by'?",
        "r.yaml:3:16: regularisers.0.wieght: unknown key; did you mean 'weight'?",
        "r.yaml:4:3: regularisers.1: the regulariser 'size' is repeated; add up its weights instead",
    )


def test_a_penalty_may_not_have_the_name_of_a_players_loss(install: Install, load: Load) -> None:
    code = "from gancli.penalties import R1"
    install("gan-named", "gancli.penalties", {"generator": "gan_named:R1"}, code)
    with pytest.raises(RecipeError, match=r"^r\.yaml:3:13: penalties\.0\.name: 'generator' is the name of a player's"):
        load(LEAST + "penalties: [generator]\n")


def test_an_older_recipe_means_the_same(load: Load) -> None:
    """The header of a checkpoint that was saved before these keys were there."""
    new = load(LEAST + "penalties: [r1]\n").values()
    old: Any = json.loads(json.dumps(new))
    del old["regularisers"], old["augmentation"], old["train"]["ema_warmup"], old["penalties"][0]["every"]
    assert recipe.from_values(old, "r").values() == new
