"""A few real steps of a training that is never saved, to see what it takes here."""

import time

from gancli.build import Training
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.run import forecast, steps
from gancli.run.forecast import WARM_UP, Forecast
from gancli.run.previews import Previews
from gancli.run.step_times import StepTimes
from gancli.sampling.images import to_png

LEAST_ROUNDS, MOST_ROUNDS = 3, 200  # of a step of each kind
LEAST_SECONDS, MOST_SECONDS = 0.3, 20.0  # more than one round is not made for longer


def rehearse(recipe: Recipe, training: Training, step: int = 0) -> Forecast:
    """What a training takes here; it has been trained for a few steps then, so it must not be used any more.

    Args:
        step: the steps that are done.
    """
    with task("timing a few steps"):
        times = _timed(recipe, training)
        previews = Previews(training, recipe.seed)
        previews.samples(previews.number)  # which a training holds in memory too
        return forecast.of(recipe, training, times, step, len(to_png(previews.real_sheet())))


def _timed(recipe: Recipe, training: Training) -> StepTimes:
    gan, times, loop = training.gan, StepTimes(training.gan), steps.loop(recipe, training)

    def timed(step: int) -> float:
        steps.set_step(training, step)
        began = time.perf_counter()
        next(loop)
        if training.average is not None:
            training.average.update_parameters(gan.generator)
        gan.records = {}
        training.check.raise_first()  # before that, a step of a GPU has only begun
        return time.perf_counter() - began

    for step in range(WARM_UP):
        timed(step)
    for made in range(MOST_ROUNDS):
        if made and (times.total > MOST_SECONDS or (made >= LEAST_ROUNDS and times.total > LEAST_SECONDS)):
            break
        for step in times.one_of_each:
            times.add(step, timed(step))
    return times
