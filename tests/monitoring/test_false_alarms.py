"""Trainings that go well are not warned of: at most one in forty."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gancli.recipe import Recipe
from gancli.run.run import Run

RING = """\
dataset: ring
architecture: {name: mlp, generator_hidden: [32, 32], discriminator_hidden: [32, 32], generator_activation: relu}
penalties: [{name: r1, gamma: 0.1}]
latent: {dim: 8}
optimizer: {name: adam, lr: 3e-3, betas: [0.5, 0.99]}
train: {steps: 800, batch_size: 64, sample_every: 400, ema: 0.99}
device: cpu
"""
DIGITS = """\
dataset: {name: mnist, source: embedded}
model: cgan
architecture: {name: mlp, generator_hidden: [64, 128], discriminator_hidden: [128, 64], discriminator_dropout: 0.3}
latent: {dim: 32}
optimizer: {name: adam, lr: 1e-3, betas: [0.5, 0.99]}
train: {steps: 600, batch_size: 32, sample_every: 300, ema: 0.99}
device: cpu
"""
WGAN_GP = """\
dataset: {name: mnist, source: embedded}
architecture: {name: mlp, generator_hidden: [64, 128], discriminator_hidden: [128, 64]}
loss: wasserstein
penalties: [{name: gradient-penalty, weight: 10}]
latent: {dim: 32}
optimizer: {name: adam, lr: 1e-3, betas: [0.5, 0.9]}
train: {steps: 400, k_steps: 3, batch_size: 32, sample_every: 200, ema: 0.98}
device: cpu
"""
# Both players learn far too fast.
FAILING = RING.replace("lr: 3e-3", "lr: 0.3")


def warned(recipe: Recipe, place: str) -> list[str]:
    with Run.create(recipe, Path(place)) as run:
        for _ in run:
            pass
        return run.warnings


def alarms(load: Callable[..., Recipe], seeds: range) -> dict[int, list[str]]:
    """The warnings of trainings of the three recipes in turn."""
    recipes = (RING, DIGITS, WGAN_GP)
    found = {seed: warned(load(recipes[seed % 3], f"seed={seed}"), str(seed)) for seed in seeds}
    return {seed: warnings for seed, warnings in found.items() if warnings}


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 12))])
def test_a_healthy_training_is_not_warned_of(load: Callable[..., Recipe], seed: int) -> None:
    """Each of the three recipes; more seeds of them in full."""
    assert alarms(load, range(seed, seed + 1)) == {}


@pytest.mark.full
def test_of_forty_healthy_trainings_at_most_one_is_warned_of(load: Callable[..., Recipe]) -> None:
    found = alarms(load, range(100, 140))
    assert len(found) <= 1, found


def test_a_training_that_fails_is_warned_of(load: Callable[..., Recipe]) -> None:
    first = warned(load(FAILING), "failing")[0]
    assert first.startswith("step 160: the samples are nothing like the data")
