"""One training run: build or resume, iterate, average, log, monitor, sample, save."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import torch
from torch.nn.utils import get_total_norm

from gancli import build
from gancli.build import Training
from gancli.data import batches, manifest
from gancli.errors import CheckpointError, DivergedError
from gancli.evaluation.validator import Validator
from gancli.files import make_folder, remove_partial_files, write_whole
from gancli.losses import Losses
from gancli.monitoring import NUM_SAMPLES, TrainingMonitor, reference_examples
from gancli.progress import task
from gancli.recipe import PLAYERS, Recipe
from gancli.run import resume, state, suggestions
from gancli.run.previews import Previews
from gancli.run.step_errors import recovery_hint, with_context
from gancli.storage import new_run
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.history import History, round_to_float32
from gancli.storage.lock import lock_run
from gancli.storage.run_folder import RunFolder
from gancli.training.algorithm import train
from gancli.training.device import autocast, rng_state, set_rng_state


class Run(AbstractContextManager["Run"]):
    """A training in progress: iterate it for the losses of every step.

    What it writes lies in ``folder``. ``notices``, ``warnings`` and the newest ``metrics`` are for the user to read. As
    a context manager it saves at the end of the block, unless that ends in an error, and releases the folder; it also
    does so by itself once the last step is done.
    """

    def __init__(
        self,
        folder: RunFolder,
        lock: IO[str],
        recipe: Recipe,
        training: Training,
        validator: Validator | None,
        saved: Checkpoint | None = None,
    ) -> None:
        self.folder, self.recipe, self.training, self.validator = folder, recipe, training, validator
        self.notices = [training.dataset.notice] if training.dataset.notice else []
        self.warnings: list[str] = []
        self.metrics: dict[str, float] = {}
        self.best: float | None = None  # value of the selection metric so far
        self.nothing_to_do = ""  # the reason, if there is nothing to train
        self.evaluation_is_due = False  # of the step that is done: a signal interrupted it
        self.interruptible: Callable[[], AbstractContextManager[object]] = nullcontext  # around evaluations
        self.previews = Previews(training, recipe.seed)
        self.step = saved.step if saved else 0
        self.seconds = saved.seconds if saved else 0.0
        self._saved_step = self.step if saved else -1
        self._is_in_step = False  # or one player may have moved and the other not
        self._lock = lock
        gan = training.gan
        reference = partial(reference_examples, training.dataset, recipe.seed)
        self.monitor = TrainingMonitor(gan.loss, reference, class_names=gan.data.class_names, steps=recipe.train.steps)
        if saved:
            self._restore(saved)
        self._history = History(folder.history, self.step)

    @classmethod
    def create(cls, recipe: Recipe, wanted: Path | None = None) -> Self:
        """Start a run in a new directory: ``wanted``, or the first free one of runs/NAME, runs/NAME-2, …"""
        training = build.training(recipe)
        validator = _validator(recipe, training)
        is_ours = wanted is None or not wanted.exists()
        folder, lock = new_run.make(recipe.name, wanted)
        recipe = recipe.named(folder.name)
        with ExitStack() as stack:
            stack.enter_context(lock)
            stack.enter_context(new_run.removed_on_failure(folder, is_ours=is_ours))
            remove_partial_files(folder.path)
            new_run.check_space(folder, (4 if validator else 3) * state.size(training))
            if training.dataset.manifest:
                listing = manifest.write(training.dataset.manifest)
                write_whole(folder.data_listing, listing.encode("utf-8", "surrogateescape"), durable=True)
            # Last, for a directory with a recipe in it is a run that can be resumed.
            write_whole(folder.recipe, recipe.to_yaml().encode(), durable=True)
            run = cls(folder, lock, recipe, training, validator)
            stack.pop_all()
        return run

    @classmethod
    def resume(cls, place: Path, overrides: Sequence[str] = (), *, allow_data_change: bool = False) -> Self:
        """Resume a run from its newest valid checkpoint; from its recipe, if it was ended before it saved one.

        Raises CheckpointError if none can be used, DataError if the dataset is not the one the run was started with,
        and RecipeError if an override changes what is trained.
        """
        folder = RunFolder(place)
        with ExitStack() as stack:
            lock = stack.enter_context(lock_run(folder))
            remove_partial_files(place)
            start = resume.find(folder, overrides, allow_data_change=allow_data_change)
            recipe = start.recipe.named(folder.name)
            run = cls(folder, lock, recipe, start.training, _validator(recipe, start.training), start.saved)
            run.notices += start.notices
            run.nothing_to_do, run.evaluation_is_due = start.nothing_to_do, start.evaluation_is_due
            run.note(*start.changes)
            if start.data_changed:
                run.best = None  # numbers of other data cannot be compared
            write_whole(folder.recipe, recipe.to_yaml().encode(), durable=True)
            if start.recipe_changed:
                run.save(again=True)  # so that a kill before the next one loses no override
            stack.pop_all()
        return run

    def __iter__(self) -> Iterator[Losses]:
        """Train to the recipe's last step; yields every step's losses, still on their device."""
        if self.nothing_to_do:
            return
        if self.evaluation_is_due:
            self._evaluate_again()
        settings = self.recipe.train
        training = self.training
        data = batches(
            training.dataset,
            settings.batch_size,
            seed=self.recipe.seed,
            start=self.step * settings.k_steps,
            device=training.device,
        )
        players = (training.optimizers[player] for player in PLAYERS)
        precision = autocast(training.device, self.recipe.precision)
        loop = train(training.gan, data, *players, k=settings.k_steps, precision=precision)
        began = time.monotonic() - self.seconds
        while self.step < settings.steps:
            training.gan.step = self.step
            for schedule in training.schedules:
                schedule.apply(self.step)
            self._is_in_step = True
            try:
                losses = next(loop)
            except Exception as error:
                raise with_context(error, self.step + 1, self.recipe, training.device, self.folder) from error
            if training.average is not None:
                training.average.update_parameters(training.gan.generator)
            self.step += 1
            self._is_in_step = False
            self.seconds = time.monotonic() - began
            self._keep_record(losses)
            training.gan.records = {}
            yield losses
        self.close()

    def _keep_record(self, losses: Losses) -> None:
        settings, last = self.recipe.train, self.step == self.recipe.train.steps
        if self.step % settings.log_every == 0 or last:
            values = to_floats(losses | self.training.gan.records)
            self._history.log(self.step, values, self.seconds)
            minimised = {name: values[name] for name in losses}
            self._warn(self.monitor.after_step(self.step, minimised, self._generator_gradient()))
        is_shown = self.step % settings.sample_every == 0 or last
        if is_shown or self.monitor.is_check_due(self.step):
            n = NUM_SAMPLES.examples(self.training.gan.data.shape)
            samples, labels = self.previews.samples(n), self.previews.labels(n)
            if is_shown:
                self.previews.write(self.folder.samples(self.step), samples)
            self._warn(self.monitor.check_samples(self.step, samples, labels))
        if self.validator and (self.step % settings.evaluate_every == 0 or last):
            self._evaluate(self.validator)
        if self.step % settings.checkpoint_every == 0 or last:
            self.save()

    def prepare(self) -> None:
        """Prepare for evaluations; otherwise the first of them does."""
        if self.validator and not self.nothing_to_do:
            self.validator.prepare()

    def _evaluate(self, validator: Validator) -> None:
        """Log metrics of the samples, and keep a checkpoint of this step if they have never been better.

        A signal may interrupt it, since it changes nothing: then it is due, and is done when the run is resumed.
        """
        self.evaluation_is_due = True
        try:
            self._measure(validator)
            self._history.log_metrics(self.step, self.metrics)
        except DivergedError as error:
            self._warn([f"{resume.NOT_EVALUATED}: {error}"])
        self.evaluation_is_due = False

    def _evaluate_again(self) -> None:
        """Evaluate the step that was saved before it could be evaluated.

        Its checkpoint is written again before the history, since a kill in between must lose neither.
        """
        assert self.validator is not None
        try:
            self._measure(self.validator)
            self.save(again=True)
            self._history.log_metrics(self.step, self.metrics)
        except DivergedError as error:
            self._warn([f"{resume.NOT_EVALUATED}: {error}"])
        self.evaluation_is_due = False

    def _measure(self, validator: Validator) -> None:
        """Evaluate the samples.

        After a resume it happens again, with the same numbers, so a best step after the resumed one does no harm.
        """
        random_state = rng_state(self.training.device)
        try:
            with self.interruptible(), task(f"evaluating step {self.step}"):
                self.metrics = round_to_float32(validator.evaluate())
        except KeyboardInterrupt:  # at any point, even while the validator restored this state itself
            set_rng_state(random_state, self.training.device)
            raise
        value = self.metrics.get(validator.selection_metric)
        if value is not None and validator.is_better(value, self.best):
            self.best = value
            self.monitor.evaluated(self.step, validator.selection_metric, value)
            self._write(self.folder.best)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be trained, or to be evaluated."""
        return self.step >= self.recipe.train.steps and not self.evaluation_is_due

    @property
    def directory(self) -> Path:
        """Where the run is."""
        return self.folder.path

    def _generator_gradient(self) -> float:
        weights = self.training.gan.generator.parameters()
        return float(get_total_norm([weight.grad for weight in weights if weight.grad is not None]))

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            self.warnings.append(f"step {self.step}: {warning}")
            self._history.log_event(self.step, "warning", warning)

    def closing(self) -> str:
        """How the training went, in a sentence; of one that failed, with a command to try."""
        summary = self.monitor.closing(self.step, self.seconds)
        if not self.monitor.failures:
            return summary
        return f"{summary}; try: {suggestions.command(self.recipe, self.folder)}"

    def note(self, *notices: str) -> None:
        """Add notices for the user, and log them in the history."""
        self.notices += notices
        for notice in notices:
            self._history.log_event(self.step, "notice", notice)

    def save(self, *, again: bool = False) -> None:
        """Write a checkpoint of this step unless there is one, and prune old ones; ``again`` writes it anew.

        Raises DivergedError, and keeps the old ones, if a number in it is not finite.
        """
        if self._saved_step == self.step and not again:
            return
        path = self.folder.checkpoint(self.step)
        self._write(path)
        self._saved_step = self.step
        # A damaged newer one, that a resume skipped, does not count.
        paths = self.folder.checkpoints()
        for old in paths[paths.index(path) + self.recipe.train.keep :]:
            old.unlink()

    def _write(self, path: Path) -> None:
        """Write a checkpoint of this step; raises DivergedError if a number in it is not finite."""
        progress = {"step": self.step, "seconds": self.seconds, "best": self.best}
        saved = state.snapshot(self.training, self.recipe, monitor=self.monitor.state_dict(), **progress)
        if (broken := state.not_finite(saved)) is not None:
            hint = recovery_hint(self.folder)
            error = DivergedError(f"step {self.step}: {broken} is not finite, so it is not saved; {hint}")
            error.step = self.step
            raise error
        self._history.sync()
        if not path.parent.exists():
            make_folder(path.parent)  # and sync the run's directory, which has the history's name too
        saved.save(path)

    def _restore(self, saved: Checkpoint) -> None:
        try:
            state.load_state_dict(self.training, saved)
            self.monitor.load_state_dict(saved.monitor)
        except CheckpointError as error:
            raise CheckpointError(f"{saved.file}: cannot resume from it: {error}") from None
        self.best = saved.best

    def close(self) -> None:
        """Release the directory; nothing is saved."""
        self._history.close()
        self._lock.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None and self._saved_step < self.step and not self._is_in_step:
            self.save()
        self.close()


def _validator(recipe: Recipe, training: Training) -> Validator | None:
    return Validator(recipe, training) if recipe.train.evaluate_every else None


def to_floats(losses: Losses) -> dict[str, float]:
    """The losses as numbers; on a GPU, this waits for them."""
    values = torch.stack(tuple(losses.values())).tolist()
    return dict(zip(losses, values, strict=True))
