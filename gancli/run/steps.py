"""The steps of a training: Algorithm 1 with the data, the players and the settings of its recipe."""

from collections.abc import Iterator

from gancli.build import Training
from gancli.data import batches
from gancli.losses import Losses
from gancli.recipe import PLAYERS, Recipe
from gancli.training.algorithm import train
from gancli.training.device import autocast


def loop(recipe: Recipe, training: Training, done: int = 0) -> Iterator[Losses]:
    """Algorithm 1 on a training, after so many steps; ``set_step`` comes before each of the next."""
    settings = recipe.train
    start = done * settings.k_steps
    data = batches(training.dataset, settings.batch_size, seed=recipe.seed, start=start, device=training.device)
    players = (training.optimizers[player] for player in PLAYERS)
    precision = autocast(training.device, recipe.precision)
    return train(training.gan, data, *players, k=settings.k_steps, precision=precision, check=training.check)


def set_step(training: Training, done: int) -> None:
    """Give the lazy terms, the schedules and the errors of the next step the number of steps that are done."""
    training.gan.step = done
    training.check.step = done + 1
    for schedule in training.schedules:
        schedule.apply(done)
