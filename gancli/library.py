"""The library: the functions of the commands, for a notebook or a script. Nothing here prints.

The functions import what they need when they are called, so that ``gan train`` can check a recipe before it imports
torch, and ``gan sample`` imports no metrics.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancli.commands import command
from gancli.errors import UsageError, Warn, ignore
from gancli.storage.run_folder import checkpoint_files

if TYPE_CHECKING:
    from gancli.evaluation import Report
    from gancli.generator import Generator
    from gancli.recipe import Recipe
    from gancli.run.run import Run
    from gancli.storage.checkpoint import Checkpoint


def load(path: Path | str, *moved: str, device: str = "auto", warn: Warn = ignore) -> "Generator":
    """The generator of a checkpoint file, or of a run: its newest valid checkpoint, or its best if ``train.patience``
    ended it.

    In a notebook it shows a few of its samples.

    Args:
        path: the file, or the run's folder.
        moved: where files of the recipe are now, ``dataset.root=PATH`` for example.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        warn: gets a message for every damaged checkpoint that is skipped, and for a run whose best step is taken.

    Raises CheckpointError, PluginError, DeviceError, and UsageError for ``moved`` that changes anything else.
    """
    from gancli.build import places
    from gancli.generator import Generator
    from gancli.storage import checkpoint

    return Generator(places.moved(checkpoint.result(Path(path), warn), moved), device)


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


def evaluate(
    path: Path | str,
    *moved: str,
    metrics: Sequence[str] = (),
    n: int | None = None,
    seeds: int = 5,
    extractor: str = "",
    full: bool = False,
    options: Mapping[str, Any] | None = None,
    warn: Warn = ignore,
    device: str = "auto",
) -> "Report":
    """The metrics of a checkpoint file or of a run, as ``load`` takes it, beside those of real data.

    The report is printed as the table of ``gan evaluate``, and is a table in a notebook.

    Args:
        path: the file, or the run's folder.
        moved: where files of the recipe are now.
        metrics: their names; by default those that apply.
        n: samples, and real examples to compare with, at most; by default, as many as is usual for such data.
        seeds: the number of sets of samples.
        extractor: a file, or the name of a component; by default, the dataset's own.
        full: all metrics, the slow and the old ones too.
        options: of the model's sampler, for example ``{"truncation": 0.7}``.
        warn: gets the messages that ``load`` gives.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises CheckpointError, DataError, UsageError, PluginError, DeviceError.
    """
    from gancli import build
    from gancli.build import places
    from gancli.evaluation import Evaluator, choose
    from gancli.storage import checkpoint
    from gancli.training.device import choose_device

    if seeds < 1 or (n is not None and n < 1):
        raise UsageError(f"n and seeds: found {n} and {seeds}, expected 1 or more")
    chosen = choose(list(metrics), full=full)
    saved = places.moved(checkpoint.result(Path(path), warn), moved)
    recipe = build.recipe_of(saved)
    with places.saying_where(recipe, ["gan", "evaluate", str(path), *moved], Path(path)):
        dataset = build.dataset(recipe, saved.data)
    chosen_device = choose_device(device)
    settings: dict[str, Any] = {"n": n, "seeds": seeds, "extractor": extractor, "options": options or {}}
    return Evaluator(recipe, dataset, chosen, device=chosen_device, **settings)(saved)
