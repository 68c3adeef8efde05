"""Short trainings of one recipe, in memory, which several checks share."""

import tempfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from gancli import build
from gancli.build import Training
from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.models import GAN
from gancli.recipe import PLAYERS, Recipe, from_values
from gancli.run import state, steps
from gancli.run.state import Progress
from gancli.sampling.draw import labels_in_turn, sample
from gancli.storage.checkpoint import Checkpoint, State
from gancli.training.algorithm import train

HALF, WHOLE = 2, 4  # steps
NETWORKS = {"loss": "discriminator", "penalty": "discriminator", "regulariser": "generator"}  # of a kind of term


class Trainings:
    """The trainings of a recipe: each is made when it is first asked for."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def new(self, *overrides: str) -> Training:
        """A training that has not begun."""
        return build.training(self._changed(overrides))

    def trained(self, *overrides: str, count: int = HALF) -> list[Losses]:
        """The losses of the first steps of a training."""
        recipe = self._changed(overrides)
        return list(advance(recipe, build.training(recipe), 0, count))

    @cached_property
    def uninterrupted(self) -> State:
        """The state after ``WHOLE`` steps."""
        training = self.new()
        list(advance(self.recipe, training, 0, WHOLE))
        return _copy(training)

    @cached_property
    def repeated(self) -> State:
        """The state of the same training, made once more."""
        return self._halves[1]

    @cached_property
    def saved(self) -> Checkpoint:
        """The checkpoint of ``HALF`` steps, as it is read from the disk."""
        return self._halves[0]

    @cached_property
    def pictures(self) -> tuple[Tensor, Tensor]:
        """Samples of the training that was saved, and of what was made of its checkpoint."""
        return self._halves[2], samples(*build.from_checkpoint(self.saved, torch.device("cpu")))

    @cached_property
    def resumed(self) -> State:
        """The state after ``WHOLE`` steps, the second half of them in another object made from the checkpoint."""
        training = self.new()
        state.load_state_dict(training, self.saved)
        list(advance(self.recipe, training, HALF, WHOLE))
        return _copy(training)

    @cached_property
    def _halves(self) -> tuple[Checkpoint, State, Tensor]:
        """A checkpoint after half of the steps, the state that the same training then ends in, and its samples."""
        training = self.new()
        list(advance(self.recipe, training, 0, HALF))
        saved, drawn = _through_a_file(training, self.recipe), samples(training.gan, training.generator)
        list(advance(self.recipe, training, HALF, WHOLE))
        return saved, _copy(training), drawn

    def _changed(self, overrides: tuple[str, ...]) -> Recipe:
        return from_values(self.recipe.values(), self.recipe.name, overrides) if overrides else self.recipe


def steepen(training: Training, kind: str) -> None:
    """Make the small networks that a term is computed with steep: at the start, what it does hardly shows."""
    if network := NETWORKS.get(kind):
        with torch.no_grad():
            for parameter in getattr(training.gan, network).parameters():
                parameter.mul_(3)


def advance(recipe: Recipe, training: Training, done: int, until: int) -> Iterable[Losses]:
    """Make the steps from ``done`` to ``until``; yields the losses of each."""
    loop = steps.loop(recipe, training, done)
    for step in range(done, until):
        steps.set_step(training, step)
        losses = next(loop)
        training.gan.records = {}
        yield losses


def step_on(training: Training, batches: Iterable[Batch]) -> None:
    """One step on each of the given minibatches."""
    players = (training.optimizers[player] for player in PLAYERS)
    given = list(batches)
    loop = train(training.gan, iter(given), *players)
    for step in range(len(given)):
        steps.set_step(training, step)
        next(loop)


def samples(gan: GAN, generator: nn.Module) -> Tensor:
    """A few samples, of the classes in turn or of random source images, as ``gan sample`` draws them."""
    shape = gan.data.source.shape if gan.translates and gan.data.source else None
    sources = 2 * torch.rand(3, *shape, generator=torch.Generator().manual_seed(0)) - 1 if shape else None
    return sample(gan, generator, 3, labels=labels_in_turn(gan, 3), sources=sources)


def _copy(training: Training) -> State:
    tensors, _ = state.state_dict(training)
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def _through_a_file(training: Training, recipe: Recipe) -> Checkpoint:
    """A checkpoint of a training, written and read."""
    progress = Progress(step=HALF)
    with tempfile.TemporaryDirectory(prefix="gan-check-") as folder:
        path = Path(folder) / "check.safetensors"
        state.snapshot(training, recipe, progress, {}).save(path)
        return Checkpoint.load(path)


def first_difference(one: State, other: State) -> str:
    """The name of the first tensor that differs; empty if none does."""
    if one.keys() != other.keys():
        return min(one.keys() ^ other.keys())
    return next((name for name in sorted(one) if not torch.equal(one[name], other[name])), "")
