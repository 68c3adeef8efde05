"""One training run: build or resume, iterate, average, log, monitor, sample, save."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from gancli.errors import DivergedError, UsageError
from gancli.evaluation.validator import Validator
from gancli.loggers import End
from gancli.losses import Losses
from gancli.recipe import Recipe
from gancli.run import starting, steps, suggestions
from gancli.run.after_step import AfterStep
from gancli.run.evaluations import Evaluations
from gancli.run.forecast import Forecaster
from gancli.run.interrupts import Interrupts
from gancli.run.loggers import Loggers
from gancli.run.others import OtherProcesses, synchronise
from gancli.run.previews import Previews
from gancli.run.record import Record
from gancli.run.saving import Saver
from gancli.run.starting import Opened
from gancli.run.step import Step
from gancli.run.step_errors import with_context
from gancli.sampling.samples import Samples
from gancli.storage.checkpoint import Checkpoint


class Run(AbstractContextManager["Run"]):
    """A training: iterate over it, and every step is made, and yielded as a ``Step``. It leaves a run in ``directory``.

    ``notices``, ``warnings`` and the newest ``metrics`` are for the user to read. A loop that is left, by ``break``, an
    error or Ctrl-C, saves the step that is done and releases the folder.

    As a context manager it keeps the folder until the end of the block, so that another loop may go on, and saves there
    unless the block ends in an error.
    """

    def __init__(self, opened: Opened) -> None:
        self.folder, self.recipe, self.training = opened.folder, opened.recipe, opened.training
        self.nothing_to_do = ""  # the reason, if there is nothing to train
        self.previews = Previews(opened.training, opened.recipe.seed)
        self._lock = opened.lock
        self._others = OtherProcesses()
        self._is_in_step = False  # then one player may have moved and the other not
        self._is_in_block = self._is_closed = False
        self._interrupts = Interrupts()
        self._record = record = Record(opened)
        synchronise(opened.training)  # now that it is restored
        self._progress, self.notices, self.warnings = record.progress, record.notices, record.warnings
        self._loggers = Loggers(opened.loggers, opened.folder, opened.recipe, self.notices.append)
        record.history.listener = self._loggers.line
        self._end: End = "stopped"  # unless it finishes, or fails
        reals = opened.folder.reals
        picture = reals.stat().st_size if reals.is_file() else 0
        self._forecaster = Forecaster(opened.recipe, opened.training, self.step, picture)
        self._saver = Saver(opened, record)
        self._evaluations = Evaluations(opened, record, self._saver)
        self._after_step = AfterStep(opened, record, self.previews, self._loggers, self._saver, self._evaluations)
        self.interrupt_evaluations(self._interrupts.at_once)
        self._begin = (self.step, self.seconds)

    @classmethod
    def create(cls, recipe: Recipe, wanted: Path | None = None, start_from: Checkpoint | None = None) -> Self:
        """Start a run in a new directory: ``wanted``, or the first free one of runs/NAME, runs/NAME-2, …

        Args:
            start_from: the checkpoint whose networks it starts from. Raises CheckpointError if they do not fit.
        """
        with starting.new(recipe, wanted, start_from) as opened:
            run = cls(opened)
            run.notices += opened.notices
            return run

    @classmethod
    def resume(cls, place: Path, overrides: Sequence[str] = (), *, allow_data_change: bool = False) -> Self:
        """Resume a run from its newest valid checkpoint; from its recipe, if it was ended before it saved one.

        Raises CheckpointError if none can be used, DataError if the dataset is not the one the run was started with,
        and RecipeError if an override changes what is trained.
        """
        with starting.resumed(place, overrides, allow_data_change=allow_data_change) as (opened, start):
            run = cls(opened)
            run.notices += start.notices
            run.nothing_to_do = start.nothing_to_do
            run._evaluations.is_due = start.evaluation_is_due
            run._record.note(*start.changes)
            if start.data_changed:
                run._progress.best, run._progress.ended = None, False  # numbers of other data cannot be compared
            starting.write_recipe(opened.folder, opened.recipe)
            if start.recipe_changed:
                run.save(again=True)  # so that a kill before the next one loses no override
            return run

    def __repr__(self) -> str:
        return f"<training in {self.directory}: step {self.step:,} of {self.recipe.train.steps:,}>"

    def __iter__(self) -> Iterator[Step]:
        """Train to the recipe's last step; raises UsageError if the training was left and its folder released."""
        if self.nothing_to_do:
            return
        if self._is_closed and not self.is_done:
            again = f"gancli.train(resume={str(self.directory)!r})"
            raise UsageError(f"{self.directory}: this training was left at step {self.step}; resume it with {again}")
        try:
            yield from self._steps()
        except KeyboardInterrupt:
            self._save_if_between_steps()
            raise
        except GeneratorExit:  # the loop was left
            if not self._is_in_block:
                self._save_if_between_steps()
            raise
        except Exception as error:
            self._failed(error)
            raise
        finally:
            if not self._is_in_block:
                self.close()

    def _steps(self) -> Iterator[Step]:
        self._loggers.start(self.step)
        if self._evaluations.is_due:
            self.training.gan.step = self.step - 1  # as when the step was made
            self._evaluations.evaluate(again=True)
        training = self.training
        loop = steps.loop(self.recipe, training, self.step, note=self._record.note)
        began = time.monotonic() - self.seconds
        while self.step < self.recipe.train.steps and not self._progress.ended:
            steps.set_step(training, self.step)
            with self._interrupts.after_the_step():
                self._is_in_step = True
                began_step = time.monotonic()
                try:
                    self._others.begin_step()
                    losses = next(loop)
                except Exception as error:
                    raise with_context(error, self.step + 1, self.recipe, training.device, self.folder) from error
                self._progress.step += 1
                self._is_in_step = False
                if self._forecaster.forecast is None:
                    self._after_step.require_finite()  # before that, a step of a GPU has only begun
                self._progress.seconds = time.monotonic() - began
                self._forecaster.after_step(self.step, time.monotonic() - began_step)
                step = self._recorded(losses)
                training.gan.records = {}
            yield step
        self.close()

    def _recorded(self, losses: Losses) -> Step:
        """The step that is done, after all that is due at it."""
        warned = len(self.warnings)
        metrics = self._after_step(losses)
        saved = self.folder.checkpoint(self.step) if self._saver.saved_step == self.step else None
        pace = (self.step - self._begin[0]) / max(1e-9, self.seconds - self._begin[1])
        return Step(self, self.step, losses, self.seconds, pace, tuple(self.warnings[warned:]), metrics, saved)

    def samples(self, n: int = 64) -> Samples:
        """``n`` samples as the networks draw them now, of noise that is the same at every step; it disturbs nothing.

        Of points it is 2,500 samples, and of a model that translates at most 16 translations of the same images.
        """
        gan, samples = self.training.gan, self.previews.samples(n)
        names = gan.data.class_names if gan.num_classes else ()
        return Samples(samples, self.previews.labels(len(samples)), names)

    def prepare(self) -> None:
        """Prepare for evaluations; otherwise the first of them does."""
        if self.validator and not self.nothing_to_do:
            self.validator.prepare()

    @property
    def validator(self) -> Validator | None:
        """What evaluates it; None for a training that is not evaluated."""
        return self._evaluations.validator

    @property
    def step(self) -> int:
        """Steps that are done."""
        return self._progress.step

    @property
    def seconds(self) -> float:
        """Seconds of training so far, those before a resume too."""
        return self._progress.seconds

    @property
    def best(self) -> float | None:
        """Best value of the selection metric so far."""
        return self._progress.best

    @property
    def metrics(self) -> dict[str, float]:
        """The newest metrics; empty before the first evaluation."""
        return self._evaluations.metrics

    def interrupt_evaluations(self, interruptible: Callable[[], AbstractContextManager[object]]) -> None:
        """Let evaluations be made in a context in which a signal may end them; the run then saves the step."""
        self._evaluations.interruptible = interruptible

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be trained, or to be evaluated."""
        return (self.step >= self.recipe.train.steps or self._progress.ended) and not self._evaluations.is_due

    @property
    def end(self) -> str:
        """Why it ended before its last step; empty if it did not."""
        return self._record.end

    @property
    def directory(self) -> Path:
        """Where the run is."""
        return self.folder.path

    @property
    def forecast(self) -> str:
        """How long the training takes here, how much memory and disk; empty until its first steps have shown it."""
        return self._forecaster.line

    def closing(self) -> str:
        """How the training went, in a sentence; of one that failed, with a command to try."""
        summary = self._record.monitor.closing(self.step, self.seconds)
        if not self._record.monitor.failures:
            return summary
        back = self._record.way_back()
        return f"{summary}; try: {suggestions.command(self.recipe, self.folder)}{back and f'; or go back: {back}'}"

    def save(self, *, again: bool = False) -> None:
        """Write a checkpoint of this step unless there is one, and prune old ones; ``again`` writes it anew.

        Raises DivergedError, and keeps the old ones, if a number in it, or a step before it, is not finite.
        """
        self._after_step.save(again=again)

    def _save_if_between_steps(self) -> None:
        """Save after Ctrl-C or ``break``, unless one player may have moved alone, or none has moved at all."""
        if self.step and self._is_between_steps and not self._is_closed:
            self.save()

    @property
    def _is_between_steps(self) -> bool:
        return not (self._is_in_step or self._after_step.has_diverged)

    def _failed(self, error: Exception) -> None:
        self._end = "diverged" if isinstance(error, DivergedError) else "failed"

    def close_loggers(self) -> None:
        """Let the loggers write the lines that are left, for a few seconds; ``notices`` then name those that failed."""
        self._loggers.close("finished" if self.is_done else self._end)

    def close(self) -> None:
        """Release the directory, and the other processes; nothing is saved."""
        self._is_closed = True
        if self._is_between_steps:
            self._others.end()
        self.close_loggers()
        self._record.history.close()
        self._lock.close()

    def __enter__(self) -> Self:
        self._is_in_block = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None and self._saver.saved_step < self.step and self._is_between_steps:
                self.save()
            elif isinstance(error, KeyboardInterrupt):
                self._save_if_between_steps()
            elif isinstance(error, Exception):
                self._failed(error)
        finally:
            self.close()
