"""The start of a run: its folder is locked, and everything that trains in it is made."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from gancli import build
from gancli.build import Training
from gancli.data import Dataset, manifest
from gancli.errors import printable
from gancli.evaluation.validator import Validator
from gancli.evaluation.validators import validator_for
from gancli.files import make_folder, remove_partial_files, write_whole
from gancli.loggers import Logger
from gancli.recipe import Recipe
from gancli.run import others, precision, resume, state
from gancli.run.previews import Previews
from gancli.run.state import Progress
from gancli.sampling.images import to_png
from gancli.storage import new_run
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.lock import lock_run
from gancli.storage.origin import Origin
from gancli.storage.run_folder import RunFolder


@dataclass
class Opened:
    """The locked folder of a run, and what trains in it."""

    folder: RunFolder
    lock: IO[str]
    recipe: Recipe
    training: Training
    validator: Validator | None
    loggers: dict[str, Logger]  # by what a report names
    saved: Checkpoint | None = None  # None: it starts with new networks
    notices: list[str] = field(default_factory=list)  # for the user


@contextmanager
def new(recipe: Recipe, wanted: Path | None, start_from: Checkpoint | None = None) -> Iterator[Opened]:
    """A run in a new directory, ``wanted`` or the first free one; if the block fails, it is released.

    Args:
        start_from: the checkpoint whose networks it starts from.
    """
    loggers = build.loggers(recipe)
    recipe, training, origin, notices = made(recipe, start_from)
    others.share_start(recipe, training, start_from)  # who may refuse, before there is a folder
    validator = validator_of(recipe, training)
    reals = _reals(recipe, training)  # which fails, if it does, before there is a folder
    is_ours = wanted is None or not wanted.exists()
    folder, lock = new_run.make(recipe.name, wanted)
    recipe = recipe.named(folder.name)
    with ExitStack() as stack:
        stack.enter_context(lock)
        stack.enter_context(new_run.removed_on_failure(folder, is_ours=is_ours))
        remove_partial_files(folder.path)
        new_run.check_space(folder, (4 if validator else 3) * state.size(training))
        _write_data_listing(folder, training.dataset)
        # A run that is killed before it saves must start from the same networks again, whatever became of their file.
        saved = _write_start(folder, recipe, training, origin) if origin else None
        # After the rest, for a directory with a recipe in it is a run that can be resumed.
        write_recipe(folder, recipe)
        write_whole(folder.reals, reals)  # not before, for a folder with anything else in it is not begun in again
        notices += origin_notices(training, start_from, origin) if start_from and origin else []
        if validator and validator.notice:
            notices.append(f"train.evaluate_every: {validator.notice}")
        yield Opened(folder, lock, recipe, training, validator, loggers, saved, notices)
        stack.pop_all()


def made(recipe: Recipe, start_from: Checkpoint | None) -> tuple[Recipe, Training, Origin | None, list[str]]:
    """A training before its first step, with the networks of a checkpoint if there is one.

    Returns the recipe with its precision chosen, the training, where its networks are from, and notices for the user.
    Raises CheckpointError for networks that do not fit.
    """
    saved = start_from.data if start_from else None
    recipe, notices, data = precision.choose(recipe, saved)
    training = build.training(recipe, saved, data)
    return recipe, training, build.take_networks(training, recipe, start_from) if start_from else None, notices


@contextmanager
def resumed(place: Path, overrides: Sequence[str], *, allow_data_change: bool) -> Iterator[tuple[Opened, resume.Start]]:
    """A run at its newest valid checkpoint, with its notices; if the block fails, it is released."""
    folder = RunFolder(place)
    with ExitStack() as stack:
        lock = stack.enter_context(lock_run(folder))
        remove_partial_files(place)
        start = resume.find(folder, overrides, allow_data_change=allow_data_change)
        recipe = start.recipe.named(folder.name)
        loggers = build.loggers(recipe)
        others.share_start(recipe, start.training, start.saved)
        if start.saved is None and not folder.reals.exists():  # it was killed as it began
            write_whole(folder.reals, _reals(recipe, start.training))
        validator = validator_of(recipe, start.training)
        yield Opened(folder, lock, recipe, start.training, validator, loggers, start.saved), start
        stack.pop_all()


def write_recipe(folder: RunFolder, recipe: Recipe) -> None:
    """Write the resolved recipe of a run."""
    write_whole(folder.recipe, recipe.to_yaml().encode(), durable=True)


def _write_start(folder: RunFolder, recipe: Recipe, training: Training, origin: Origin) -> Checkpoint:
    saved = state.snapshot(training, recipe, Progress(origin=origin), {})
    make_folder(folder.checkpoint_folder, exist_ok=True)
    saved.save(folder.checkpoint(0))
    return saved


def origin_notices(training: Training, start_from: Checkpoint, origin: Origin) -> list[str]:
    """What the user should know of a training that starts from other networks."""
    notices = [f"starts from {origin}"]
    then, now = start_from.data.class_names, training.dataset.spec.class_names
    if training.gan.num_classes and then != now:
        pairs = [f"{old} is now {new}" for old, new in zip(then, now, strict=False) if old != new]
        notices.append(f"the classes of the networks have other names: {printable(', '.join(pairs[:10]))}")
    return notices


def _write_data_listing(folder: RunFolder, dataset: Dataset) -> None:
    if dataset.manifest:
        listing = manifest.write(dataset.manifest)
        write_whole(folder.data_listing, listing.encode("utf-8", "surrogateescape"), durable=True)


def _reals(recipe: Recipe, training: Training) -> bytes:
    """A picture of the data as they are trained on, as PNG."""
    return to_png(Previews(training, recipe.seed).real_sheet())


def validator_of(recipe: Recipe, training: Training) -> Validator | None:
    """What evaluates a training; None if its recipe has no evaluations. Raises what ``validator_for`` raises."""
    return validator_for(recipe, training) if recipe.train.evaluate_every else None
