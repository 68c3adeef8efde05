"""The steps of a training: Algorithm 1 with the data, the players and the settings of its recipe."""

from collections.abc import Callable, Iterator

from gancli.build import Training
from gancli.data import batches
from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.recipe import PLAYERS, Recipe
from gancli.run.captured import CapturedSteps, reason_against
from gancli.shares import Share
from gancli.training import processes
from gancli.training.algorithm import Game, Reduce, alone, train
from gancli.training.device import autocast
from gancli.training.graphs import recorder
from gancli.training.split import SplitGame


def loop(
    recipe: Recipe,
    training: Training,
    done: int = 0,
    *,
    is_alone: bool = False,
    note: Callable[[str], None] | None = None,
) -> Iterator[Losses]:
    """Algorithm 1 on a training, after so many steps; ``set_step`` comes before each of the next.

    After each step, the average of the generator has followed it.

    Args:
        is_alone: this process computes whole minibatches, also where there are others.
        note: gets a notice if steps cannot be recorded as CUDA graphs; without it, none are recorded.
    """
    settings = recipe.train
    start = done * settings.k_steps
    rank, size = (0, 1) if is_alone else (processes.rank(), processes.size())
    share = Share(rank, size, settings.batch_size)
    data = batches(
        training.dataset, settings.batch_size, seed=recipe.seed, start=start, device=training.device, share=share
    )
    players = [training.optimizers[player] for player in PLAYERS]
    precision = autocast(training.device, recipe.precision)
    game: Game = training.gan
    reduce: Reduce = alone
    if size * settings.accumulate > 1:
        game = split = SplitGame(training.gan, settings.batch_size, settings.accumulate, training.device)
        reduce = split.reduce

    def algorithm(minibatches: Iterator[Batch]) -> Iterator[Losses]:
        k, check = settings.k_steps, training.check
        return train(game, minibatches, *players, k=k, reduce=reduce, precision=precision, check=check)

    if settings.cuda_graph and note and not reason_against(recipe, training):
        graphs = recorder(training.device)
        assert graphs is not None
        return CapturedSteps(training, algorithm, data, settings.k_steps, graphs, note)
    return _averaged(training, algorithm(data))


def _averaged(training: Training, losses: Iterator[Losses]) -> Iterator[Losses]:
    for each in losses:
        if training.average is not None:
            training.average.update_parameters(training.gan.generator)
        yield each


def set_step(training: Training, done: int) -> None:
    """Give the lazy terms, the schedules and the errors of the next step the number of steps that are done."""
    training.gan.step = done
    training.check.step = done + 1
    for schedule in training.schedules:
        schedule.apply(done)
