"""Everything that one training needs."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim import Optimizer

from gancli.build.data import dataset
from gancli.build.game import gan, refuse_unlabelled
from gancli.build.optimizers import optimizer
from gancli.build.refusals import check_augmentation, check_regularisers
from gancli.build.trial import try_out
from gancli.data import Dataset, DataSpec
from gancli.models import GAN
from gancli.recipe import PLAYERS, Recipe
from gancli.seeds import derive_seed
from gancli.training import processes
from gancli.training.device import Average, choose_device, place
from gancli.training.finite import FiniteCheck
from gancli.training.schedules import Schedule


@dataclass
class Training:
    """Everything that a recipe names, made and on its device."""

    dataset: Dataset
    gan: GAN
    optimizers: dict[str, Optimizer]  # by player
    schedules: list[Schedule]
    average: Average | None
    device: torch.device
    check: FiniteCheck  # of every step

    @property
    def generator(self) -> nn.Module:
        """The network to sample from: the average if there is one."""
        return self.gan.generator if self.average is None else self.average.module


def training(recipe: Recipe, saved: DataSpec | None = None, data: Dataset | None = None) -> Training:
    """Make the dataset, the game, the players' optimizers and the average.

    Args:
        saved: the facts about the data in a checkpoint to resume from, whose classes keep their numbers.
        data: the dataset if it has been read.

    Raises RecipeError for what does not fit together, DataError, DeviceError, and PluginError for a plugin's failure.
    """
    device = choose_device(recipe.device)
    data = (dataset(recipe, saved) if data is None else data).to(device)
    game = _game(recipe, data)
    place(game, device)
    torch.manual_seed(derive_seed(recipe.seed, "training"))
    schedules: list[Schedule] = []
    optimizers = {player: optimizer(recipe, player, getattr(game, player), schedules) for player in PLAYERS}
    check = FiniteCheck(deferred=device.type == "cuda")  # a CPU need not be waited for
    return Training(data, game, optimizers, schedules, _average(recipe, game), device, check)


def _check_batch_size(recipe: Recipe, game: GAN) -> None:
    """Raises RecipeError for a minibatch that is too small for its shares."""
    settings, number = recipe.train, processes.size()
    shares = number * settings.accumulate
    needed = shares * (1 + any(isinstance(module, _BatchNorm) for module in game.modules()))
    if settings.batch_size >= needed:
        return
    reason = "these networks have BatchNorm, which needs 2"
    if shares > 1:
        words = f"{number} processes" if number > 1 else ""
        words += " and " * (number > 1 and settings.accumulate > 1)
        words += f"train.accumulate={settings.accumulate}" if settings.accumulate > 1 else ""
        reason = f"{words} need {needed}, {needed // shares} for each share"
    raise recipe.error("train.batch_size", f"found {settings.batch_size}; {reason} at least")


def check_plugins(recipe: Recipe) -> None:
    """Try third parties' components without a training; raises what ``training`` raises for them."""
    data = dataset(recipe)
    refuse_unlabelled(recipe, data)
    try_out(recipe, data)


def check_game(recipe: Recipe, data: Dataset) -> None:
    """Make the game and drop it; raises what ``training`` raises for components that do not fit together."""
    _game(recipe, data)


def _game(recipe: Recipe, data: Dataset) -> GAN:
    refuse_unlabelled(recipe, data)
    try_out(recipe, data)
    torch.manual_seed(derive_seed(recipe.seed, "weights"))
    game = gan(recipe, data.spec)
    _check_batch_size(recipe, game)
    check_augmentation(recipe, game)
    check_regularisers(recipe, game)
    return game


def _average(recipe: Recipe, game: GAN) -> Average | None:
    settings = recipe.train
    return Average(game.generator, settings.ema, warmup=settings.ema_warmup) if settings.ema else None
