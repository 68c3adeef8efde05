"""A few real steps of a training that is never saved, to measure its time and its memory here."""

import time
from collections.abc import Sequence

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
    """The time, memory and disk of a training here. It is trained for a few steps, so it must not be used afterwards.

    Args:
        step: the steps that are done.
    """
    with task("timing a few steps"):
        rehearsal = Rehearsal(recipe, training)
        warm_up([rehearsal])
        (times,) = time_steps([rehearsal])
        previews = Previews(training, recipe.seed)
        previews.samples(previews.number)  # which a training holds in memory too
        return forecast.of(recipe, training, times, step, len(to_png(previews.real_sheet())))


class Rehearsal:
    """Steps as a recipe makes them, by this process alone, and their times."""

    def __init__(self, recipe: Recipe, training: Training) -> None:
        self.times = StepTimes(training.gan)
        self._training, self._loop = training, steps.loop(recipe, training, is_alone=True)

    def make(self, step: int) -> float:
        """Make the step after ``step`` finished ones; returns its seconds."""
        training = self._training
        steps.set_step(training, step)
        began = time.perf_counter()
        next(self._loop)
        training.gan.records = {}
        training.check.raise_first()  # before that, a step of a GPU has only begun
        return time.perf_counter() - began


def warm_up(rehearsals: Sequence[Rehearsal]) -> list[float]:
    """Make the first steps, which take longer than others; the seconds of the last one of each rehearsal."""
    seconds: list[float] = []
    for step in range(WARM_UP):
        seconds = [rehearsal.make(step) for rehearsal in rehearsals]
    return seconds


def time_steps(rehearsals: Sequence[Rehearsal]) -> list[StepTimes]:
    """The times of a few steps of each kind, of rehearsals that are warm and take turns."""
    all_times = [rehearsal.times for rehearsal in rehearsals]
    for made in range(MOST_ROUNDS):
        measured = min(times.total for times in all_times)
        if made and (measured > MOST_SECONDS or (made >= LEAST_ROUNDS and measured > LEAST_SECONDS)):
            break
        for step in all_times[0].one_of_each:
            for rehearsal in rehearsals:
                rehearsal.times.add(step, rehearsal.make(step))
    return all_times
