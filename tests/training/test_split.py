"""A minibatch in parts is the whole minibatch: the same losses, gradients, buffers and random numbers."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gancli import build
from gancli.recipe import Recipe
from gancli.run import steps

TERMS = 'penalties=[{"name":"gradient-penalty"},{"name":"r1","every":2}]'
DROPOUT = "architecture.discriminator_dropout=0.5"


def trained(recipe: Recipe, count: int = 4) -> tuple[dict[str, Tensor], list[dict[str, Tensor]]]:
    """The state of the game after some steps, with torch's random numbers, and the losses."""
    training = build.training(recipe)
    loop = steps.loop(recipe, training)
    losses = []
    for step in range(count):
        steps.set_step(training, step)
        losses.append(next(loop))
    return {**training.gan.state_dict(), "random": torch.get_rng_state()}, losses


@pytest.mark.parametrize("parts", [2, 3, 8])
@pytest.mark.parametrize("overrides", [[], [TERMS, "train.k_steps=2"], [DROPOUT, "regularisers=[orthogonal]"]])
def test_parts_are_the_whole(load: Callable[..., Recipe], points: str, parts: int, overrides: list[str]) -> None:
    whole, whole_losses = trained(load(points, *overrides))
    found, losses = trained(load(points, *overrides, f"train.accumulate={parts}"))
    torch.testing.assert_close(found, whole, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(losses, whole_losses, rtol=1e-4, atol=1e-6)


def test_ada_sees_the_whole_minibatch_once(load: Callable[..., Recipe], digits: str) -> None:
    overrides = ["augmentation={name: ada, speed: 40, interval: 2}"]
    whole, _ = trained(load(digits, *overrides), 6)
    found, _ = trained(load(digits, *overrides, "train.accumulate=3"), 6)
    assert found["augmentation.p"] == whole["augmentation.p"] > 0
    torch.testing.assert_close(found, whole, rtol=1e-3, atol=1e-5)


def test_what_moves_once_a_step_moves_once(load: Callable[..., Recipe], digits: str, monkeypatch: Any) -> None:
    """The vectors of spectral_norm move at every forward pass."""
    real = build.trainings.gan

    def normalised(recipe: Recipe, data: Any) -> Any:
        game = real(recipe, data)
        for module in game.discriminator.modules():
            if type(module) is nn.Linear:
                spectral_norm(module)
        return game

    monkeypatch.setattr(build.trainings, "gan", normalised)
    whole, _ = trained(load(digits))
    found, _ = trained(load(digits, "train.accumulate=4"))
    assert any("_u" in name for name in whole)
    torch.testing.assert_close(found, whole, rtol=1e-3, atol=1e-5)


def test_networks_that_mix_a_batch_are_said_to(load: Callable[..., Recipe], pictures: str) -> None:
    from gancli.run.notices import first_notices

    recipe = load(pictures, "train.accumulate=2", "augmentation=diffaugment", "penalties=[dragan]")
    notices = first_notices(recipe, build.training(recipe))
    assert notices == [
        "BatchNorm2d, DRAGAN: over each of the 2 shares of a minibatch by itself, "
        "which is another game than over the whole minibatch"
    ]


def test_a_part_has_an_example(load: Callable[..., Recipe], points: str) -> None:
    from gancli.errors import RecipeError

    with pytest.raises(RecipeError, match=r"train\.batch_size: found 8; train\.accumulate=9 need 9, 1 for each share"):
        build.training(load(points, "train.accumulate=9"))
