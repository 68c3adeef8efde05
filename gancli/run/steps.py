"""The steps of a training: Algorithm 1 with the data, the players and the settings of its recipe."""

from collections.abc import Iterator

from gancli.build import Training
from gancli.data import batches
from gancli.losses import Losses
from gancli.recipe import PLAYERS, Recipe
from gancli.shares import Share
from gancli.training import processes
from gancli.training.algorithm import Game, Gather, alone, train
from gancli.training.device import autocast
from gancli.training.split import SplitGame


def loop(recipe: Recipe, training: Training, done: int = 0, *, is_alone: bool = False) -> Iterator[Losses]:
    """Algorithm 1 on a training, after so many steps; ``set_step`` comes before each of the next.

    Args:
        is_alone: this process computes whole minibatches, also where there are others.
    """
    settings = recipe.train
    start = done * settings.k_steps
    rank, size = (0, 1) if is_alone else (processes.rank(), processes.size())
    share = Share(rank, size, settings.batch_size)
    data = batches(
        training.dataset, settings.batch_size, seed=recipe.seed, start=start, device=training.device, share=share
    )
    players = (training.optimizers[player] for player in PLAYERS)
    precision = autocast(training.device, recipe.precision)
    game: Game = training.gan
    gather: Gather = alone
    if size * settings.accumulate > 1:
        game = split = SplitGame(training.gan, settings.batch_size, settings.accumulate, training.device)
        gather = split.gather
    return train(game, data, *players, k=settings.k_steps, gather=gather, precision=precision, check=training.check)


def set_step(training: Training, done: int) -> None:
    """Give the lazy terms, the schedules and the errors of the next step the number of steps that are done."""
    training.gan.step = done
    training.check.step = done + 1
    for schedule in training.schedules:
        schedule.apply(done)
