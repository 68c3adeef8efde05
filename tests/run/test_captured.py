"""Steps that are recorded as graphs and replayed: on a CPU, with a tape in place of a CUDA graph."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gancli import build
from gancli.build import Training
from gancli.recipe import Recipe
from gancli.run import captured, state, steps
from gancli.training.finite import FiniteCheck
from tests.run.tape import TapeRecorder

Load = Callable[..., Recipe]
STEPS = 24
DCGAN = "architecture={name: dcgan, width: 2, blocks: 2}"
RECIPES = {
    "cgan": [],
    "ramp": ["optimizer={name: adamw, lr: {from: 0.01, to: 0.001, shape: cosine}}"],
    "sgd": ["optimizer={name: sgd, momentum: 0.5, lr: {from: 0.1, to: 0.01}}", "train.ema_warmup=false"],
    "lazy": ["penalties=[{name: r1, every: 4}]", "regularisers=[{name: path-length, every: 3}]"],
    "k steps": ["train.k_steps=3", "penalties=[gradient-penalty]", "loss=wasserstein"],
    "batch norm": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: batch}", "penalties=[r1]"],
    "spectral norm": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: spectral}"],
    "ada": [DCGAN, "augmentation={name: ada, speed: 1000}"],
    "diffaugment": [DCGAN, "augmentation=diffaugment"],
    "bf16": ["precision=bf16"],
    "no average": ["train.ema=0"],
}


@pytest.fixture
def tapes(monkeypatch: pytest.MonkeyPatch) -> TapeRecorder:
    """Has a CPU record graphs, as a GPU does."""
    recorder = TapeRecorder()
    monkeypatch.setattr("gancli.run.steps.recorder", lambda _: recorder)
    reason_against = captured.reason_against

    def as_on_a_gpu(recipe: Recipe, training: Training) -> str:
        reason = reason_against(recipe, training)
        return "" if reason.startswith("it needs a GPU") else reason

    for place in ("steps", "captured"):
        monkeypatch.setattr(f"gancli.run.{place}.reason_against", as_on_a_gpu)
    monkeypatch.setattr("gancli.augmentations.ada.is_known_zero", lambda _: False)
    return recorder


def trained(recipe: Recipe, training: Training, first: int = 0, last: int = STEPS, **options: Any) -> list[Any]:
    """What every step gives: the losses, the records, and the generator's gradients."""
    loop, found = steps.loop(recipe, training, first, **options), []
    for step in range(first, last):
        steps.set_step(training, step)
        losses = next(loop)
        gradients = [weight.grad.clone() for weight in training.gan.generator.parameters() if weight.grad is not None]
        found.append((losses, training.gan.records, gradients))
        training.gan.records = {}
    training.check.raise_first()
    return found


def deferred(recipe: Recipe) -> Training:
    training = build.training(recipe)
    training.check = FiniteCheck(deferred=True)
    return training


def same(one: Any, two: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, two)
    if isinstance(one, dict):
        return list(one) == list(two) and same([*one.values()], [*two.values()])
    return len(one) == len(two) and all(map(same, one, two))


@pytest.mark.parametrize("name", RECIPES)
def test_replayed_steps_are_the_same_to_the_bit(load: Load, digits: str, tapes: TapeRecorder, name: str) -> None:
    recipe = load(digits, f"train.steps={STEPS}", "train.ema=0.9", *RECIPES[name], "train.cuda_graph=true")
    notes: list[str] = []
    results = []
    for options in ({}, {"note": notes.append}):
        training = deferred(recipe)
        results.append((trained(recipe, training, **options), state.state_dict(training)))
    assert notes == []
    assert len(tapes.replays) >= (4 if name == "lazy" else STEPS - captured.WARM_UP)
    (usual, (tensors, numbers)), (replayed, (replayed_tensors, replayed_numbers)) = results
    assert same(usual, replayed)
    assert same(tensors, replayed_tensors)
    assert numbers == replayed_numbers
