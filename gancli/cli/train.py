"""``gan train``: start a run, or go on with one."""

import math
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.output import note, print_path, result, say
from gancli.cli.waiting import waiting
from gancli.errors import printable
from gancli.progress import task
from gancli.storage.run_folder import RunFolder

if TYPE_CHECKING:
    from gancli.build import Training
    from gancli.cli.signals import Stop
    from gancli.losses import Losses
    from gancli.recipe import Recipe
    from gancli.run.run import Run

EXAMPLES = (
    "Examples:  gan train mnist_cgan  ·  gan train recipes/mnist_dcgan.yaml train.steps=2000 optimizer.lr=1e-4  ·  "
    "gan train --resume runs/mnist_cgan  ·  gan train --resume runs/mnist_cgan train.steps=20000"
)


def train(
    recipe: Annotated[
        str | None, typer.Argument(metavar="RECIPE", help="A path, or a name of 'gan recipe list'.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="train.steps=100, say.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The run's directory; by default runs/NAME.")] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="RUN", help="Go on where this run stopped.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Build everything, print it, train nothing.")] = False,
    allow_data_change: Annotated[
        bool, typer.Option("--allow-data-change", help="Resume although the data is not what it was.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the run's path.")] = False,
) -> None:
    """Train a recipe. Ctrl-C saves and prints how to go on. Prints the run's directory."""
    from gancli.errors import UsageError

    changes = overrides or []
    if resume is not None:
        changes = [*([recipe] if recipe else []), *changes]  # with --resume, every word is an override
        if out is not None:
            raise UsageError("--out and --resume exclude each other: a resumed run stays in its directory")
        if not resume.is_dir():
            raise UsageError(f"{resume}: there is no such run; a run is a directory, not one of its files")
    elif allow_data_change:
        raise UsageError("--allow-data-change belongs to --resume: a new run takes the data as it is")
    elif recipe is None:
        raise UsageError("name a recipe, for example: gan train mnist_cgan ('gan recipe list' shows them all)")

    if dry_run:
        _dry_run(recipe, resume, changes, allow_data_change=allow_data_change)
        return
    from gancli.cli.signals import Stopped, stopping

    place = resume
    try:
        with stopping() as stop, ExitStack() as stack:
            with waiting(quiet=quiet):
                with task("starting"):  # which imports torch
                    run = _start(recipe, changes, out) if resume is None else _go_on(resume, changes, allow_data_change)
                place = stack.enter_context(run).directory
                if not (quiet or run.nothing_to_do):
                    say(_trained_on(run.training))
                run.prepare()
            stop.waits = True  # from here on: what is begun is finished and saved, and what is finished stays so
            _follow(run, stop, quiet=quiet)
            print_path(run.directory)
    except Stopped:
        say(printable(f"stopped; nothing {'' if resume is None else 'further '}was trained yet{_go_on_with(place)}"))
        raise typer.Exit(stop.exit_code) from None


def _go_on_with(place: Path | None) -> str:
    """How to go on with a run, if there is one."""
    return f"; go on with: gan train --resume {shlex.quote(str(place))}" if place else ""


def _trained_on(training: "Training") -> str:
    from gancli.data import describe

    return describe(training.dataset, labels_used=training.gan.num_classes > 0)


def _start(recipe: str | None, changes: list[str], out: Path | None) -> "Run":
    from gancli.recipe import load, locate

    checked = load(locate(str(recipe)), changes)  # before torch is imported, where it can be
    from gancli.run.run import Run

    return Run.create(checked, out)


def _go_on(resume: Path, changes: list[str], allow_data_change: bool) -> "Run":
    from gancli.run.run import Run

    return Run.resume(resume, changes, allow_data_change=allow_data_change)


def _follow(run: "Run", stop: "Stop", *, quiet: bool) -> None:
    """Train to the end, or until a signal; either way the last step is saved."""
    from gancli.cli.display import display_for
    from gancli.progress import listening

    if run.nothing_to_do:
        if not quiet:
            for notice in run.notices:
                note(notice)
            say(printable(f"{run.directory}: {run.nothing_to_do}"))
        return
    with display_for(run, quiet=quiet) as display, listening(display.on_task):
        train_until_stopped(run, stop, display.update)
    if not quiet:
        say(printable(run.closing()))
    if stop.number and not run.is_done:
        say(printable(f"stopped at step {run.step} and saved{_go_on_with(run.directory)}"))
        raise typer.Exit(stop.exit_code)
    if run.validator and run.best is not None and not quiet:
        command = f"gan sample {shlex.quote(str(run.folder.best))}"
        say(
            printable(
                f"the best {run.validator.selection_metric} was {run.best:.3g}; sample from that step with: {command}"
            )
        )


def train_until_stopped(
    run: "Run", stop: "Stop", update: "Callable[[Losses], None]", *, budget: float = math.inf
) -> None:
    """Train to the end, to a signal, or until a budget of seconds is spent; the last step is saved.

    Of what a signal finds, an evaluation is given up, for it can be made later; whatever else is begun is finished.
    """
    from gancli.cli.signals import Stopped

    run.interruptible = stop.at_once
    try:
        for losses in run:
            update(losses)
            if stop.number or run.seconds >= budget:
                break
    except Stopped:
        pass  # the step is whole, and its evaluation is due
    run.save()


def _dry_run(recipe: str | None, resume: Path | None, changes: list[str], *, allow_data_change: bool) -> None:
    from gancli import build
    from gancli.recipe import load, locate

    if resume is None:
        checked = load(locate(str(recipe)), changes)
        training = build.training(checked)
        say(_trained_on(training))
        result(_summary(checked, training))
        return
    from gancli.run.resume import find

    start = find(RunFolder(resume), changes, allow_data_change=allow_data_change)
    for notice in [*start.notices, *start.changes, *filter(None, [start.nothing_to_do])]:
        note(notice)
    say(_trained_on(start.training))
    result(_summary(start.recipe, start.training))


def _summary(recipe: "Recipe", training: "Training") -> str:
    gan, data = training.gan, training.gan.data
    if training.dataset.notice:
        say(training.dataset.notice)
    classes = f", {data.num_classes} classes" if data.num_classes else ""
    shape = "×".join(map(str, data.shape))
    lines = {
        "dataset": f"{recipe.dataset.name}: {len(training.dataset):,} of shape {shape}{classes}",
        "game": " · ".join([recipe.model.name, recipe.architecture.name, recipe.loss.name, *gan.penalties]),
        "generator": f"{sum(it.numel() for it in gan.generator.parameters()):,} parameters",
        "discriminator": f"{sum(it.numel() for it in gan.discriminator.parameters()):,} parameters",
        "training": f"{recipe.train.steps:,} steps of {recipe.train.batch_size}, k = {recipe.train.k_steps}, "
        f"on {training.device} in {recipe.precision}",
    }
    return "\n".join(f"{name + ':':15}{value}" for name, value in lines.items())
