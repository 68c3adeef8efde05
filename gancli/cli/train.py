"""``gan train``: start a run, or go on with one."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.output import note, outlived, print_path, say
from gancli.errors import printable

if TYPE_CHECKING:
    from gancli.build import Training
    from gancli.recipe import Recipe
    from gancli.run import Run

EXAMPLES = (
    "Examples:  gan train mnist_cgan  ·  gan train recipes/mnist_dcgan.yaml train.steps=2000 optimizer.lr=1e-4  ·  "
    "gan train --resume runs/mnist_cgan  ·  gan train --resume runs/mnist_cgan train.steps=20000"
)

SHOW_CURSOR = b"\x1b[?25h"


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
        _dry_run(recipe, resume, changes)
        return
    with _start(recipe, changes, out) if resume is None else _go_on(resume, changes, allow_data_change) as run:
        _follow(run, quiet=quiet)
    print_path(run.directory)


def _start(recipe: str | None, changes: list[str], out: Path | None) -> "Run":
    from gancli.recipe import load, locate

    checked = load(locate(str(recipe)), changes)  # before torch is imported, where it can be
    from gancli.run import Run

    return Run.create(checked, out)


def _go_on(resume: Path, changes: list[str], allow_data_change: bool) -> "Run":
    from gancli.run import Run

    return Run.resume(resume, changes, allow_data_change=allow_data_change)


def _follow(run: "Run", *, quiet: bool) -> None:
    """Train to the end, or until a signal; either way the last step is saved."""
    from gancli.cli.display import display_for

    with signals() as received, display_for(run, quiet=quiet) as display:
        for losses in run:
            display.update(losses)
            if received:
                break
        run.save()
    if not quiet:
        say(printable(run.closing()))
    if received and run.step < run.recipe.train.steps:
        command = f"gan train --resume {shlex.quote(str(run.directory))}"
        say(printable(f"stopped at step {run.step} and saved; go on with: {command}"))
        raise typer.Exit(128 + received[0])
    if run.gauge and run.best is not None and not quiet:
        command = f"gan sample {shlex.quote(str(run.best_path))}"
        say(printable(f"the best {run.gauge.by} was {run.best:.3g}; sample from that step with: {command}"))


@contextmanager
def signals() -> Iterator[list[int]]:
    """Collect the first signal to stop, so that the step can be finished; the second one ends the process at once."""
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        if received:
            os._exit(128 + number)
        received.append(number)
        if sys.stderr and sys.stderr.isatty():
            with outlived():
                os.write(2, SHOW_CURSOR)  # the live display hides it, and the second signal would leave it so

    # What is ignored stays so: nohup ignores the end of the terminal.
    wanted = [it for it in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(it) != signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in wanted}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _dry_run(recipe: str | None, resume: Path | None, changes: list[str]) -> None:
    from gancli import build, checkpoint
    from gancli.recipe import from_values, load, locate

    if resume is None:
        checked = load(locate(str(recipe)), changes)
    else:
        saved = checkpoint.newest(resume, tell=note)
        build.recipe_of(saved)
        checked = from_values(saved.recipe, saved.name, changes)
    typer.echo(_summary(checked, build.training(checked)))


def _summary(recipe: "Recipe", training: "Training") -> str:
    gan, data = training.gan, training.gan.data
    if training.dataset.notice:
        typer.echo(training.dataset.notice, err=True)
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
