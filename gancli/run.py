"""One training run and its directory: build or resume, iterate, average, log, sample, save."""

import fcntl
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import torch
from torch import Tensor

from gancli import build, checkpoint, runtime, sampling
from gancli.build import Training
from gancli.checkpoint import Checkpoint
from gancli.data import batches
from gancli.errors import DataError, DivergedError, RecipeError, RunLockedError, UsageError
from gancli.files import write_whole
from gancli.history import History
from gancli.images import picture, write_png
from gancli.recipe import PLAYERS, Recipe, from_values
from gancli.registry import plugins
from gancli.training import Losses, train


class Run(AbstractContextManager["Run"]):
    """A training in progress: iterate it for the losses of every step, save it when you will.

    The directory holds ``recipe.yaml``, ``history.jsonl``, ``samples/`` and ``checkpoints/``.
    """

    def __init__(self, directory: Path, recipe: Recipe, training: Training, saved: Checkpoint | None = None) -> None:
        self.directory, self.recipe, self.training = directory, recipe, training
        self.notices = [training.dataset.notice] if training.dataset.notice else []
        self.step = saved.step if saved else 0
        self.seconds = saved.seconds if saved else 0.0
        self._saved_step = self.step if saved else -1
        self._lock = lock(directory)
        if saved:
            self._restore(saved)
        self._history = History(directory / "history.jsonl", self.step)

    @classmethod
    def create(cls, recipe: Recipe, directory: Path | None = None) -> Self:
        """Start a run in a new directory: ``directory``, or the first free one of runs/NAME, runs/NAME-2, …"""
        training = build.training(recipe)
        directory = make_directory(recipe.name, directory)
        (directory / "recipe.yaml").write_text(recipe.to_yaml(), encoding="utf-8")
        return cls(directory, recipe, training)

    @classmethod
    def resume(cls, directory: Path, overrides: Sequence[str] = ()) -> Self:
        """Go on from a run's newest valid checkpoint.

        Raises CheckpointError if there is none, DataError if the dataset is not the one the run was started with, and
        RecipeError if an override changes what is trained.
        """
        saved = checkpoint.newest(directory)
        recipe = from_values(saved.recipe, saved.name, overrides)
        refuse_changes(from_values(saved.recipe, saved.name), recipe)
        training = build.training(recipe)
        if training.dataset.fingerprint != saved.fingerprint:
            raise DataError(
                f"{directory}: the dataset {recipe.dataset.name!r} is not the one that this run was started with: "
                f"found {len(training.dataset)} examples with the fingerprint {training.dataset.fingerprint[:12]}, "
                f"expected {saved.fingerprint[:12]}; bring the old data back, or start a new run"
            )
        run = cls(directory, recipe, training, saved)
        write_whole(directory / "recipe.yaml", recipe.to_yaml().encode(), durable=True)
        return run

    def __iter__(self) -> Iterator[Losses]:
        """Train to the recipe's last step; yields every step's losses, still on their device."""
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
        loop = train(training.gan, data, *players, k=settings.k_steps)
        began = time.monotonic() - self.seconds
        while self.step < settings.steps:
            for schedule in training.schedules:
                schedule.apply(self.step)
            try:
                losses = next(loop)
            except DivergedError as error:
                raise self._diverged(error) from None
            if training.average is not None:
                training.average.update_parameters(training.gan.generator)
            self.step += 1
            self.seconds = time.monotonic() - began
            self._keep_record(losses)
            yield losses

    def _keep_record(self, losses: Losses) -> None:
        settings, last = self.recipe.train, self.step == self.recipe.train.steps
        if self.step % settings.log_every == 0 or last:
            self._history.log(self.step, to_floats(losses), self.seconds)
        if self.step % settings.sample_every == 0 or last:
            columns = min(self.training.gan.num_classes, 20) or 8  # a column a class, if they are few
            pixels = picture(self.preview(8 * columns), columns)
            write_png(self.directory / "samples" / f"step-{self.step:07d}.png", pixels)
        if self.step % settings.checkpoint_every == 0 or last:
            self.save()

    def preview(self, n: int) -> Tensor:
        """The fixed samples, the classes in turn if there are any; of points, enough to see their spread.

        They have noise of their own, so looking at them does not disturb training.
        """
        gan = self.training.gan
        n = n if gan.data.is_image else 2500
        labels = torch.arange(n) % gan.num_classes if gan.num_classes else None
        return sampling.sample(gan, self.training.generator, n, seed=self.recipe.seed, labels=labels)

    def save(self) -> None:
        """Write a checkpoint of this step, and prune old ones."""
        if self._saved_step == self.step:
            return
        self._history.sync()
        folder = self.directory / "checkpoints"
        folder.mkdir(exist_ok=True)
        path = checkpoint.checkpoint_path(folder, self.step)
        self._snapshot().save(path)
        self._saved_step = self.step
        # A damaged newer one, that a resume passed over, does not count.
        paths = checkpoint.in_order(folder)
        for old in paths[paths.index(path) + self.recipe.train.keep :]:
            old.unlink()

    def _snapshot(self) -> Checkpoint:
        training = self.training
        parts = {player: getattr(training.gan, player).state_dict() for player in PLAYERS}
        parts["rng"] = runtime.rng_state(training.device)
        if training.average is not None:
            parts["ema"] = training.average.module.state_dict()
            parts["ema_updates"] = {"n": training.average.n_averaged}
        scalars = {}
        for player, optimizer in training.optimizers.items():
            parts[f"{player}_optimizer"], scalars[player] = checkpoint.flatten_optimizer(optimizer)
        return Checkpoint(
            step=self.step,
            seconds=self.seconds,
            name=self.recipe.name,
            recipe=self.recipe.values(),
            data=training.dataset.spec,
            fingerprint=training.dataset.fingerprint,
            plugins=third_parties(self.recipe),
            threads=torch.get_num_threads(),
            scalars=scalars,
            tensors={f"{part}.{key}": value for part, state in parts.items() for key, value in state.items()},
        )

    def _restore(self, saved: Checkpoint) -> None:
        training = self.training
        for player in PLAYERS:
            build.load_network(getattr(training.gan, player), saved, player)
            state = saved.part(f"{player}_optimizer")
            checkpoint.restore_optimizer(training.optimizers[player], state, saved.scalars[player])
        if training.average is not None:
            build.load_network(training.average.module, saved, "ema")
            training.average.n_averaged.copy_(saved.part("ema_updates")["n"])
        runtime.set_rng_state(saved.part("rng"), training.device)
        for what, then, now in (
            ("threads", saved.threads, torch.get_num_threads()),
            ("torch", saved.torch, torch.__version__),
        ):
            if then != now:
                self.notices.append(f"saved with {what} {then}, resumed with {now}: not bit-identical to one whole run")

    def _diverged(self, error: DivergedError) -> DivergedError:
        kept = checkpoint.in_order(self.directory / "checkpoints")
        way_out = f"the last good checkpoint is {kept[0]}" if kept else "no checkpoint was saved before"
        return DivergedError(f"step {self.step + 1}: {error}; {way_out}. A smaller learning rate is the usual way out")

    def close(self) -> None:
        """Release the directory; nothing is saved."""
        self._history.close()
        self._lock.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def to_floats(losses: Losses) -> dict[str, float]:
    """The losses as numbers; on a GPU, this waits for them."""
    values = torch.stack(tuple(losses.values())).tolist()
    return dict(zip(losses, values, strict=True))


def refuse_changes(saved: Recipe, resumed: Recipe) -> None:
    """A resumed run may become longer, move to another device and write at another pace, and nothing else.

    Raises RecipeError with every other change, old → new.
    """
    free = {f"train.{key}" for key in ("steps", "log_every", "sample_every", "checkpoint_every", "keep")} | {"device"}
    before, after = flat(saved.values()), flat(resumed.values())
    changed = [key for key in before | after if before.get(key) != after.get(key) and key not in free]
    if changed:
        changes = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in changed]
        raise RecipeError("a resumed run cannot change what is trained; start a new run for it:", *changes)


def flat(values: Any, path: str = "") -> dict[str, Any]:
    """Nested values by their dotted keys."""
    if not isinstance(values, dict | list) or not values:
        return {path: values}
    items = values.items() if isinstance(values, dict) else enumerate(values)
    return {key: value for name, part in items for key, value in flat(part, f"{path}.{name}".lstrip(".")).items()}


def third_parties(recipe: Recipe) -> dict[str, str]:
    """The distributions, and their versions, that a recipe needs besides gan itself."""
    named = {
        ("dataset", recipe.dataset.name),
        ("model", recipe.model.name),
        ("architecture", recipe.architecture.name),
        ("loss", recipe.loss.name),
        *(("penalty", penalty.name) for penalty in recipe.penalties),
        *(("optimizer", recipe.optimizer.of(player).name) for player in PLAYERS),
    }
    return {it.package: it.version for it in plugins() if (it.kind, it.name) in named and it.package != "gancli"}


def make_directory(name: str, wanted: Path | None = None) -> Path:
    """Make a directory that no other run has: ``wanted``, or the first free one of runs/NAME, runs/NAME-2, …

    Raises UsageError if ``wanted`` has something in it.
    """
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        if any(wanted.iterdir()):
            raise UsageError(
                f"{wanted}: is not empty; name a new directory, or go on with: gan train --resume {wanted}"
            )
        return wanted
    for number in itertools.count(1):
        directory = Path("runs") / (name if number == 1 else f"{name}-{number}")
        try:
            directory.mkdir(parents=True)
        except FileExistsError:
            continue
        return directory
    raise AssertionError("there are endless numbers")


def lock(directory: Path) -> IO[str]:
    """Hold a run for one writer; the lock goes with the process, however it ends."""
    file = (directory / ".lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise RunLockedError(f"{directory}: another process is training here") from None
    return file
