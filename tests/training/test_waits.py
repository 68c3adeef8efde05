"""A GPU is not waited for between two looks: training on torch's device ``meta``, on which tensors have no values.

An operation that needs a value raises there. A copy from the CPU to the device that waits for it is recorded.
"""

import importlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gancli import build
from gancli.build import Training
from gancli.data import Dataset, batches
from gancli.recipe import PLAYERS, Recipe, locate
from gancli.recipe import load as load_recipe
from gancli.run import steps
from gancli.run.captured import WARM_UP, CapturedSteps, notice
from gancli.run.step_times import StepTimes
from gancli.training.algorithm import train
from gancli.training.finite import FiniteCheck

DEVICE = torch.device("meta")
STEPS = 10
DCGAN = "{name: dcgan, width: 2, blocks: 2}"
RECIPES = {
    "gan": ["model=gan"],
    "cgan": [],
    "k steps": ["train.k_steps=3"],
    "dcgan": [f"architecture={DCGAN}"],
    "dcgan, batch": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: batch}"],
    "dcgan, spectral": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: spectral}"],
    "compact": ["model=gan", "architecture={name: compact, width: 2}"],
    "ramp": ["optimizer={name: adamw, lr: {from: 0.1, to: 0.01}}"],
    **{loss: [f"loss={loss}"] for loss in ("minimax", "least-squares", "hinge", "wasserstein")},
    **{penalty: [f"penalties=[{penalty}]"] for penalty in ("r1", "r2", "gradient-penalty", "dragan")},
    "lazy": ["penalties=[{name: r1, every: 4}]", "regularisers=[{name: path-length, every: 3}]"],
    "orthogonal": ["regularisers=[orthogonal]"],
    "diffaugment": [f"architecture={DCGAN}", "augmentation=diffaugment"],
    "ada": [f"architecture={DCGAN}", "augmentation=ada"],
    "ada, p": [f"architecture={DCGAN}", "augmentation={name: ada, p: 0.5}", "penalties=[r1]"],
    "flips": ["dataset={name: folder, root: pictures, size: 28, channels: 1, flip: true}"],
}


SHIPPED = {
    "mnist_gan": "",
    "mnist_dcgan": "",
    "mnist_wgan_gp": "",
    "ring": "",
    "stacked_mnist": "",
    "mnist_acgan": "acgan",
    "mnist_relativistic": "relativistic",
    "emoji_quick": "emoji",
    "edges2digits": "translate",
}  # name -> plugin


class Waits(TorchDispatchMode):
    """Records the copies between the CPU and the GPU that wait."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default):
            source = args[1] if func is torch.ops.aten.copy_.default else args[0]
            waits = not ((kwargs or {}).get("non_blocking") or (len(args) > 2 and args[2]))
            if waits and source.device.type != result.device.type:
                self.found.append(f"{func} from {source.device} to {result.device}")
        return result


def on_meta(recipe: Recipe, patch: pytest.MonkeyPatch) -> Training:
    """A training on the device without values."""
    patch.setattr("gancli.build.trainings.choose_device", lambda _: DEVICE)
    patch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # which does not know the device
    # Adam has a fused kernel for it, but does not say so.
    patch.setattr(importlib.import_module("torch.optim.adam"), "_device_dtype_check_for_fused", lambda *_: None)
    training = build.training(recipe)
    training.check = FiniteCheck(deferred=True)
    return training


def ten_steps(recipe: Recipe, waits: Waits, patch: pytest.MonkeyPatch) -> Training:
    """A training on the device without values, after ten steps; their copies are recorded."""
    training = on_meta(recipe, patch)
    assert training.average is not None
    loop = steps.loop(recipe, training)
    with waits:
        for step in range(STEPS):
            steps.set_step(training, step)
            next(loop)
    return training


@pytest.mark.parametrize("name", RECIPES)
def test_ten_steps_wait_for_nothing(
    load: Callable[..., Recipe], digits: str, pictures: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    recipe, waits = load(digits, "train.ema=0.9", *RECIPES[name]), Waits()
    training = ten_steps(recipe, waits, monkeypatch)
    assert waits.found == []
    assert {parameter.device for parameter in training.gan.parameters()} == {DEVICE}
    with pytest.raises(RuntimeError, match="meta"):  # so any wait before would have been noticed
        training.check.raise_first()


class Refusing:
    """Records nothing, and says so: whatever could not be recorded was noted before."""

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def record(self, work: Callable[[], object]) -> Any:
        raise RuntimeError("asked to record")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_step_of_a_recipe_waits_for_nothing_and_can_be_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of step: no wait, nothing on the CPU, and the same operations again and again."""
    pytest.importorskip(f"gan_{SHIPPED[name]}") if SHIPPED[name] else None
    recipe, make = load_recipe(locate(name)), build.dataset

    def stays(*arguments: Any) -> Dataset:
        data = make(*arguments)
        monkeypatch.setattr(data, "to", lambda _: data)
        return data

    monkeypatch.setattr("gancli.build.trainings.dataset", stays)
    monkeypatch.setattr("gancli.build.trainings.try_out", lambda *_: None)
    # The fused kernels that read the learning rate from the device do not know this one.
    monkeypatch.setattr("gancli.training.learning_rates.LearningRates.on_device", lambda _: nullcontext())
    training = on_meta(recipe, monkeypatch)
    minibatch = next(batches(training.dataset, recipe.train.batch_size, seed=0, device=torch.device("cpu")))
    fresh = itertools.repeat(tuple(tensor.to(DEVICE) for tensor in minibatch))
    players, k = [training.optimizers[player] for player in PLAYERS], recipe.train.k_steps
    for first in StepTimes(training.gan).one_of_each:
        notes: list[str] = []
        loop = CapturedSteps(
            training,
            lambda given: train(training.gan, given, *players, k=k, check=training.check),
            fresh,
            k,
            Refusing(),
            notes.append,
        )
        for _ in range(WARM_UP + 1):
            steps.set_step(training, first)
            next(loop)
        assert notes == [notice("asked to record")]
