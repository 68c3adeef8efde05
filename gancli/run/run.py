"""One training run: build or resume, iterate, average, log, watch, sample, save."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm

from gancli import build
from gancli.build import Training
from gancli.data import batches, manifest
from gancli.data.sources import fixed_sources
from gancli.errors import CheckpointError, DivergedError
from gancli.evaluation.validator import Validator
from gancli.losses import Losses
from gancli.monitoring import NUM_SAMPLES, TrainingMonitor, reference_examples
from gancli.progress import task
from gancli.recipe import PLAYERS, Recipe
from gancli.run import advice, resume, state
from gancli.run.failures import explained, way_back
from gancli.sampling import draw
from gancli.sampling.images import sheet, write_png
from gancli.storage import checkpoint, run_folder
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.files import make_folder, sweep, write_whole
from gancli.storage.history import History, rounded
from gancli.training.algorithm import train
from gancli.training.device import autocast, rng_state, set_rng_state


class Run(AbstractContextManager["Run"]):
    """A training in progress: iterate it for the losses of every step, save it when you will.

    The directory holds ``recipe.yaml``, ``history.jsonl``, ``samples/``, ``checkpoints/`` and, for data that is made of
    files, ``dataset.sha256``. ``notices``, ``warnings`` and the newest ``metrics`` are for the user's eyes.
    """

    def __init__(
        self,
        directory: Path,
        lock: IO[str],
        recipe: Recipe,
        training: Training,
        validator: Validator | None,
        saved: Checkpoint | None = None,
    ) -> None:
        self.directory, self.recipe, self.training, self.validator = directory, recipe, training, validator
        self.notices = [training.dataset.notice] if training.dataset.notice else []
        self.warnings: list[str] = []
        self.metrics: dict[str, float] = {}
        self.best: float | None = None  # value of the validator's metric
        self.nothing_to_do = ""  # why, if that is so
        self.evaluation_is_due = False  # of the step that is done: a signal has ended it
        self.interruptible: Callable[[], AbstractContextManager[object]] = nullcontext  # around what may be given up
        self.step = saved.step if saved else 0
        self.seconds = saved.seconds if saved else 0.0
        self._saved_step = self.step if saved else -1
        self._lock = lock
        gan = training.gan
        reference = partial(reference_examples, training.dataset, recipe.seed)
        self.monitor = TrainingMonitor(gan.loss, reference, class_names=gan.data.class_names, steps=recipe.train.steps)
        if saved:
            self._restore(saved)
        self._history = History(directory / "history.jsonl", self.step)

    @classmethod
    def create(cls, recipe: Recipe, wanted: Path | None = None) -> Self:
        """Start a run in a new directory: ``wanted``, or the first free one of runs/NAME, runs/NAME-2, …"""
        training = build.training(recipe)
        validator = _validator(recipe, training)
        is_ours = wanted is None or not wanted.exists()
        place, lock = run_folder.make(recipe.name, wanted)
        recipe = recipe.named(run_folder.name_of(place))
        with ExitStack() as stack:
            stack.enter_context(lock)
            stack.enter_context(run_folder.given_back(place, is_ours=is_ours))
            sweep(place)
            run_folder.check_space(place, (4 if validator else 3) * state.size(training))
            if training.dataset.manifest:
                listing = manifest.write(training.dataset.manifest)
                write_whole(place / "dataset.sha256", listing.encode("utf-8", "surrogateescape"), durable=True)
            # Last, for a directory with a recipe in it is a run that can be gone on with.
            write_whole(place / "recipe.yaml", recipe.to_yaml().encode(), durable=True)
            run = cls(place, lock, recipe, training, validator)
            stack.pop_all()
        return run

    @classmethod
    def resume(cls, place: Path, overrides: Sequence[str] = (), *, allow_data_change: bool = False) -> Self:
        """Go on from a run's newest valid checkpoint; from its recipe, if it was ended before it saved one.

        Raises CheckpointError if none can be used, DataError if the dataset is not the one the run was started with,
        and RecipeError if an override changes what is trained.
        """
        with ExitStack() as stack:
            lock = stack.enter_context(run_folder.enter(place))
            sweep(place)
            start = resume.find(place, overrides, allow_data_change=allow_data_change)
            recipe = start.recipe.named(run_folder.name_of(place))
            run = cls(place, lock, recipe, start.training, _validator(recipe, start.training), start.saved)
            run.notices += start.notices
            run.nothing_to_do, run.evaluation_is_due = start.nothing_to_do, start.evaluation_is_due
            run.note(*start.changes)
            if start.data_changed:
                run.best = None  # other data is another measure
            write_whole(place / "recipe.yaml", recipe.to_yaml().encode(), durable=True)
            if start.recipe_changed:
                run.save(again=True)  # so that a kill before the next one forgets no override
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
            try:
                losses = next(loop)
            except Exception as error:
                raise explained(
                    error, self.step + 1, settings.batch_size, training.device, self._checkpoints
                ) from error
            if training.average is not None:
                training.average.update_parameters(training.gan.generator)
            self.step += 1
            self.seconds = time.monotonic() - began
            self._keep_record(losses)
            training.gan.records = {}
            yield losses

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
            samples, labels = self.fixed_samples(n), self._fixed_labels(n)
            if is_shown:
                self._write_samples(samples)
            self._warn(self.monitor.check_samples(self.step, samples, labels))
        if self.validator and (self.step % settings.evaluate_every == 0 or last):
            self._evaluate(self.validator)
        if self.step % settings.checkpoint_every == 0 or last:
            self.save()

    def _write_samples(self, samples: Tensor) -> None:
        gan = self.training.gan
        columns = min(gan.num_classes, 20) or 8  # a column a class, if they are few
        shown = samples[: 8 * columns] if gan.data.is_image else samples
        names = gan.data.class_names if gan.num_classes == columns else ()
        write_png(self.directory / "samples" / f"step-{self.step:07d}.png", sheet(shown, columns, names))

    def prepare(self) -> None:
        """Make ready what evaluations need; otherwise the first of them does."""
        if self.validator and not self.nothing_to_do:
            self.validator.prepare()

    def _evaluate(self, validator: Validator) -> None:
        """Log how good the samples are, and keep a checkpoint of this step if they have never been better.

        It may be given up, for it changes nothing: then it is due, and is done when the run goes on.
        """
        self.evaluation_is_due = True
        try:
            self._measure(validator)
            self._history.measured(self.step, self.metrics)
        except DivergedError as error:
            self._warn([f"{resume.NOT_EVALUATED}: {error}"])
        self.evaluation_is_due = False

    def _evaluate_again(self) -> None:
        """Evaluate the step that was saved before it could be.

        Its checkpoint is written again before the history has it, for a kill in between must lose neither.
        """
        assert self.validator is not None
        try:
            self._measure(self.validator)
            self.save(again=True)
            self._history.measured(self.step, self.metrics)
        except DivergedError as error:
            self._warn([f"{resume.NOT_EVALUATED}: {error}"])
        self.evaluation_is_due = False

    def _measure(self, validator: Validator) -> None:
        """Measure the samples.

        After a resume that happens again, with the same numbers; so a best one of later than that is no harm.
        """
        random_state = rng_state(self.training.device)
        try:
            with self.interruptible(), task(f"evaluating step {self.step}"):
                self.metrics = rounded(validator.evaluate())
        except KeyboardInterrupt:  # wherever it was, even where it was about to put this back
            set_rng_state(random_state, self.training.device)
            raise
        value = self.metrics.get(validator.selection_metric)
        if value is not None and validator.is_better(value, self.best):
            self.best = value
            self.monitor.evaluated(self.step, validator.selection_metric, value)
            self._write(self.best_path)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be trained, or to be evaluated."""
        return self.step >= self.recipe.train.steps and not self.evaluation_is_due

    @property
    def best_path(self) -> Path:
        """Where the checkpoint of the best step is kept, once the run has been evaluated."""
        return self._checkpoints / checkpoint.BEST

    @property
    def _checkpoints(self) -> Path:
        return self.directory / "checkpoints"

    def fixed_samples(self, n: int) -> Tensor:
        """Samples of noise that never changes, the classes in turn if there are any; of points, enough for a picture.

        A model that translates is given the same source images every time, and so draws at most as many. The noise is
        not that of training, which this does not disturb.
        """
        gan = self.training.gan
        n = n if gan.data.is_image else 2500
        sources = fixed_sources(self.training.dataset, n) if gan.translates else None
        n = n if sources is None else len(sources)
        labels = self._fixed_labels(n)
        return draw.sample(gan, self.training.generator, n, seed=self.recipe.seed, labels=labels, sources=sources)

    def _fixed_labels(self, n: int) -> Tensor | None:
        classes = self.training.gan.num_classes
        return torch.arange(n) % classes if classes else None

    def _generator_gradient(self) -> float:
        parameters = self.training.gan.generator.parameters()
        return float(get_total_norm([it.grad for it in parameters if it.grad is not None]))

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            self.warnings.append(f"step {self.step}: {warning}")
            self._history.tell(self.step, "warning", warning)

    def closing(self) -> str:
        """How the training went, in a sentence; of one that failed, with a command to try."""
        said = self.monitor.closing(self.step, self.seconds)
        return f"{said}; try: {advice.command(self.recipe, self.directory)}" if self.monitor.failures else said

    def note(self, *notices: str) -> None:
        """Tell the user something about this run, and have its history remember it."""
        self.notices += notices
        for notice in notices:
            self._history.tell(self.step, "notice", notice)

    def save(self, *, again: bool = False) -> None:
        """Write a checkpoint of this step unless it is there, and prune old ones; ``again`` writes it anew.

        Raises DivergedError, and keeps those that there are, if a number in it is not finite.
        """
        if self._saved_step == self.step and not again:
            return
        path = checkpoint.checkpoint_path(self._checkpoints, self.step)
        self._write(path)
        self._saved_step = self.step
        # A damaged newer one, that a resume passed over, does not count.
        paths = checkpoint.in_order(self._checkpoints)
        for old in paths[paths.index(path) + self.recipe.train.keep :]:
            old.unlink()

    def _write(self, path: Path) -> None:
        """Write a checkpoint of this step; raises DivergedError if a number in it is not finite."""
        state = self._snapshot()
        broken = next((name for name, tensor in state.tensors.items() if not tensor.isfinite().all()), None)
        if broken is not None:
            way_out = way_back(self._checkpoints)
            raise DivergedError(f"step {self.step}: {broken} is not finite, so it is not saved; {way_out}", self.step)
        self._history.sync()
        if not self._checkpoints.exists():
            make_folder(self._checkpoints)  # and sync the run's directory, which has the history's name too
        state.save(path)

    def _snapshot(self) -> Checkpoint:
        tensors, scalars = state.take(self.training)
        return Checkpoint(
            step=self.step,
            seconds=self.seconds,
            name=self.recipe.name,
            recipe=self.recipe.values(),
            data=self.training.dataset.spec,
            fingerprint=self.training.dataset.fingerprint,
            plugins=build.third_parties(self.recipe),
            cpu=torch.backends.cpu.get_cpu_capability(),
            threads=torch.get_num_threads(),
            scalars=scalars,
            health=self.monitor.state_dict(),
            best=self.best,
            tensors=tensors,
        )

    def _restore(self, saved: Checkpoint) -> None:
        try:
            state.put_back(self.training, saved)
            self.monitor.load_state_dict(saved.health)
        except CheckpointError as error:
            raise CheckpointError(f"{saved.file}: cannot be gone on from: {error}") from None
        self.best = saved.best

    def close(self) -> None:
        """Release the directory; nothing is saved."""
        self._history.close()
        self._lock.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _validator(recipe: Recipe, training: Training) -> Validator | None:
    return Validator(recipe, training) if recipe.train.evaluate_every else None


def to_floats(losses: Losses) -> dict[str, float]:
    """The losses as numbers; on a GPU, this waits for them."""
    values = torch.stack(tuple(losses.values())).tolist()
    return dict(zip(losses, values, strict=True))
