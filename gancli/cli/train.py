"""``gan train``: start a run, or resume one."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli import commands, torchrun
from gancli.cli.completing import CHECKPOINT, LOGGER, RECIPE_OR_OVERRIDE, override_of
from gancli.cli.training_request import TrainingRequest
from gancli.errors import printable
from gancli.progress import task
from gancli.terminal.output import note, print_path, say
from gancli.terminal.waiting import silent

if TYPE_CHECKING:
    from gancli.cli.signals import Stop
    from gancli.run.run import Run

EXAMPLES = (
    "Examples:  gan train mnist_cgan  ·  gan train recipes/mnist_dcgan.yaml train.steps=2000 optimizer.lr=1e-4  ·  "
    "gan train --resume runs/mnist_cgan  ·  gan train --resume runs/mnist_cgan train.steps=20000  ·  "
    "gan train mine.yaml --from runs/mnist_cgan  ·  "
    "gan train --from step-0003000.safetensors optimizer.lr=1e-4"
)

StartFrom = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="CKPT",
        help="Start a new run from the networks of a checkpoint file or a run; without RECIPE, by its own recipe.",
        autocompletion=CHECKPOINT,
    ),
]
Log = Annotated[
    list[str] | None,
    typer.Option("--log", metavar="LOGGER", help="Log to csv, tensorboard, …, too; repeatable.", autocompletion=LOGGER),
]


def train(
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE", help="A path, or a name from 'gan recipe list'.", autocompletion=RECIPE_OR_OVERRIDE
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="For example train.steps=100.", autocompletion=override_of("recipe")),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The run's directory; by default runs/NAME.")] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="RUN", help="Resume this run.", autocompletion=CHECKPOINT)
    ] = None,
    start_from: StartFrom = None,
    log: Log = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Build everything, print it, train nothing.")] = False,
    allow_data_change: Annotated[
        bool, typer.Option("--allow-data-change", help="Resume although the data has changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the run's path.")] = False,
) -> None:
    """Train a recipe. Ctrl-C saves and prints how to resume. Prints the run's directory.

    --from starts a new run at the first step: networks are taken, optimizers and history are not, and nothing of their
    run is changed.
    """
    changes = [*(overrides or []), *(f"log+={logger}" for logger in log or [])]
    if resume is not None and recipe is not None:
        changes = [recipe, *changes]  # with --resume, every word is an override
        recipe = None
    request = TrainingRequest(recipe, tuple(changes), out, resume, start_from, allow_data_change)
    if torchrun.rank() == 0:  # the run of another process may be on another machine
        request.check()
    if torchrun.size() > 1:
        from gancli.cli import following

        if following.has_followed(request, dry_run=dry_run, quiet=quiet):
            return
    if dry_run:
        from gancli.cli.dry_run import dry_run as print_dry_run

        print_dry_run(request)
    else:
        _train(request, quiet=quiet)


def _train(request: TrainingRequest, *, quiet: bool) -> None:
    from gancli.cli.dry_run import shared_by, trained_on
    from gancli.cli.signals import Stopped, stopping

    place, is_alone = request.resume, torchrun.size() == 1
    try:
        with stopping(at_second=is_alone) as stop, silent(quiet), ExitStack() as stack:
            with task("starting"):  # which imports torch
                run = request.start()
            place = stack.enter_context(run).directory
            if not (quiet or run.nothing_to_do):
                say(trained_on(run.training))
                if not is_alone:
                    say(shared_by(run.recipe, run.training))
                if run.step == 0 and run.training.gan.data.is_image:
                    say(printable(f"examples, as they are trained on: {run.folder.reals}"))
            run.prepare()
            stop.waits = True  # from here on, the current step is finished and saved
            _follow(run, stop, quiet=quiet)
            print_path(run.directory)
    except Stopped:
        further = "further " if request.resume else ""
        say(printable(f"stopped; nothing {further}was trained yet{_resume_hint(place)}"))
        raise typer.Exit(stop.exit_code) from None


def _resume_hint(place: Path | None) -> str:
    """The command that resumes a run, if there is one."""
    return f"; resume with: {commands.resume(place)}" if place else ""


def _follow(run: "Run", stop: "Stop", *, quiet: bool) -> None:
    """Train to the end, or until a signal; either way the last step is saved."""
    from gancli.cli.training_loop import train_until_stopped

    if run.nothing_to_do:
        if not quiet:
            for notice in run.notices:
                note(notice)
            say(printable(f"{run.directory}: {run.nothing_to_do}"))
        return
    train_until_stopped(run, stop, quiet=quiet)
    if not quiet:
        say(printable(run.closing()))
    if stop.number and not run.is_done:
        say(printable(f"stopped at step {run.step} and saved{_resume_hint(run.directory)}"))
        raise typer.Exit(stop.exit_code)
    if run.end and not quiet:
        say(printable(_end(run)))
    elif run.validator and run.best is not None and not quiet:
        best = f"the best {run.validator.selection_metric} was {run.best:.3g}"
        say(printable(f"{best}; use that step with: {_use(run, run.folder.best)}"))


def _end(run: "Run") -> str:
    """A training that train.patience ended, in a sentence."""
    return (
        f"stopped at step {run.step:,} of {run.recipe.train.steps:,}, because {run.end}; "
        f"{_use(run, run.directory)} uses the best step; to train on: "
        + commands.resume(run.directory, f"train.patience={2 * run.recipe.train.patience}")
    )


def _use(run: "Run", place: Path) -> str:
    """The command that draws from a run or a checkpoint, or translates with it."""
    return commands.translate(place) if run.training.gan.translates else commands.sample(place)
