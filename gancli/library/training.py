"""``gancli.train``, and the checks of its arguments."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gancli.commands import command
from gancli.errors import UsageError, Warn
from gancli.storage.run_folder import checkpoint_files

if TYPE_CHECKING:
    from gancli.recipe import Recipe
    from gancli.run.run import Run
    from gancli.storage.checkpoint import Checkpoint


def train(
    recipe: "str | Path | Recipe | None" = None,
    *overrides: str,
    out: Path | str | None = None,
    resume: Path | str | None = None,
    start_from: Path | str | None = None,
    allow_data_change: bool = False,
) -> "Run":
    """A training: iterate over it, and every step is made and yielded. It leaves a run in its ``directory``.

    ::

        for step in gancli.train("mnist_cgan", "train.steps=200"):
            print(step.number, step.losses["generator"])

    ``break``, an error or Ctrl-C in the loop saves the step that is done and releases the run, and
    ``gancli.train(resume=…)`` goes on from there. To go on with the same run, write ``with gancli.train(…) as run:``.

    Args:
        recipe: a listed name, a path, or a checked recipe; of a run that is resumed, the first override. With
            ``start_from`` it can be left out: then it is the checkpoint's own.
        overrides: ``KEY=VALUE`` each.
        out: the run's folder; by default the first free one of runs/NAME, runs/NAME-2, …
        resume: a run to resume.
        start_from: a checkpoint file, or a run, whose networks the training starts from. Nothing of it is changed.
        allow_data_change: resume although the data have changed.

    Raises RecipeError, DataError, CheckpointError, UsageError and the other errors of ``gan train``.
    """
    check_training(recipe, out, resume, start_from, allow_data_change=allow_data_change)
    if resume is not None:
        from gancli.run.run import Run

        changes = (*(() if recipe is None else (str(recipe),)), *overrides)
        return Run.resume(Path(resume), changes, allow_data_change=allow_data_change)
    place = None if out is None else Path(out)
    if start_from is not None:
        return _train_from(Path(start_from), recipe, overrides, place)
    assert recipe is not None  # as checked
    checked = _checked(recipe, overrides)  # before torch is imported
    from gancli.run.run import Run

    return Run.create(checked, place)


def _train_from(
    start_from: Path, recipe: "str | Path | Recipe | None", overrides: Sequence[str], out: Path | None
) -> "Run":
    warnings: list[str] = []
    checked, saved = started_from(start_from, recipe, overrides, warnings.append)
    from gancli.build import places
    from gancli.run.run import Run

    with places.saying_where(checked, ["gan", "train", "--from", str(start_from), *overrides], start_from):
        run = Run.create(checked, out, saved)
    run.notices[:0] = warnings
    return run


def started_from(
    start_from: Path, recipe: "str | Path | Recipe | None", overrides: Sequence[str], warn: Warn
) -> "tuple[Recipe, Checkpoint]":
    """The recipe of a training that starts from other networks, by default their own, and their checkpoint.

    Raises RecipeError, CheckpointError, PluginError.
    """
    from gancli.recipe.overrides import is_override

    if isinstance(recipe, str) and is_override(recipe):
        overrides = [recipe, *overrides]  # every word is an override
        recipe = None
    checked = None if recipe is None else _checked(recipe, overrides)  # before torch is imported
    from gancli import build
    from gancli.recipe import from_values
    from gancli.recipe.files import RUN_NAME
    from gancli.storage import checkpoint

    saved = checkpoint.result(start_from, warn)
    own = build.recipe_of(saved)
    name = saved.name if RUN_NAME.fullmatch(saved.name) else "run"  # a stranger's may be a path
    return checked or from_values(own.values(), name, overrides), saved


def check_training(
    recipe: "str | Path | Recipe | None",
    out: Path | str | None,
    resume: Path | str | None,
    start_from: Path | str | None = None,
    *,
    allow_data_change: bool,
) -> None:
    """Raises UsageError for arguments of a training that exclude each other, before anything slow is imported.

    Raises CheckpointError if there is nothing to start from.
    """
    if resume is not None:
        if start_from is not None:
            raise UsageError(
                "--from and --resume exclude each other: --resume continues a run where it stopped, and --from starts "
                "a new run from the networks of another"
            )
        if out is not None:
            raise UsageError("--out and --resume exclude each other: a resumed run stays in its directory")
        if not Path(resume).is_dir():
            new_run = f"; to start a new run from this file: {command('train', '--from', resume)}"
            raise UsageError(
                f"{resume}: there is no such run; a run is a directory, not one of its files"
                + new_run * Path(resume).is_file()
            )
    elif allow_data_change:
        raise UsageError("--allow-data-change belongs to --resume: a new run takes the data as it is")
    elif start_from is not None:
        checkpoint_files(Path(start_from))
    elif recipe is None:
        raise UsageError("name a recipe, for example: gan train mnist_cgan ('gan recipe list' shows them all)")


def _checked(recipe: "str | Path | Recipe", overrides: Sequence[str]) -> "Recipe":
    from gancli.recipe import from_values, load, locate

    if isinstance(recipe, str | Path):
        return load(locate(str(recipe)), overrides)
    return from_values(recipe.values(), recipe.name, overrides) if overrides else recipe
