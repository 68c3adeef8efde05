"""The command line: parse, call, print. Slow imports happen when a command runs."""

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gancli import torchrun
from gancli.cli import (
    compare,
    doctor,
    evaluate,
    explain,
    explore,
    export,
    interpolate,
    plot_game,
    plot_losses,
    plugin,
    plugin_check,
    plugin_show,
    project,
    recipe,
    report,
    sample,
    train,
    translate,
    verify,
)
from gancli.cli.command import Command
from gancli.errors import (
    DeviceError,
    GanError,
    PluginError,
    RecipeError,
    StorageError,
    UsageError,
    is_out_of_memory,
    printable_lines,
)
from gancli.terminal.output import say

IN_WORDS = {  # what the system says of a folder that cannot be made is easily misread
    errno.EEXIST: "is there already, and is not a folder; choose another place",
    errno.ENOTDIR: "leads through a file that is not a folder; choose another place",
}
FULL = "; free some space, and resume with: gan train --resume RUN"
FORBIDDEN = "; choose another place, or change its permissions"
WAYS_OUT = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EACCES: FORBIDDEN, errno.EROFS: "; choose another place"}


class Commands(TyperGroup):
    """Turns every expected failure into one message and its exit code; the only place that does."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - the reader has gone
            raise typer.Exit(0) from None
        except Exception as error:
            failure = _expected(error)
            if failure is None:
                raise
            if os.environ.get("GAN_DEBUG"):
                traceback.print_exception(error)
        # A recipe's problems begin with their place, which editors and people jump to.
        rank = f"process {torchrun.rank()}: " if torchrun.size() > 1 and torchrun.rank() else ""
        text = str(failure) if isinstance(failure, RecipeError) and not rank else f"gan: {rank}{failure}"
        say(printable_lines(text))
        raise typer.Exit(failure.exit_code)


def _check_processes(command: str | None) -> None:
    """Refuse, once, what many processes cannot do together; ``gan doctor`` is for process 0 alone.

    Raises UsageError for a command that is not ``gan train``.
    """
    if torchrun.size() == 1 or command in (None, "train"):
        return
    if torchrun.rank():
        raise typer.Exit(0 if command == "doctor" else UsageError.exit_code)
    if command != "doctor":
        raise UsageError(f"gan {command} is for one process; start it without torchrun, which is for gan train")


def _expected(error: BaseException) -> GanError | None:
    """The error as one of ours; None if it is a mistake in gan itself."""
    if isinstance(error, GanError):
        return error
    if is_out_of_memory(error):
        return DeviceError("out of memory; use a smaller network, batch or image")
    if isinstance(error, OSError):
        reason = IN_WORDS.get(error.errno or 0) or error.strerror or str(error)
        return StorageError(f"{error.filename or 'the disk'}: {reason}{WAYS_OUT.get(error.errno or 0, '')}")
    from gancli import registry

    plugin = registry.blame(error)
    return PluginError(f"{plugin} failed: {type(error).__name__}: {error}") if plugin else None


app = typer.Typer(
    cls=Commands,
    name="gan",
    help="Train generative adversarial networks from recipes, and sample from what was trained.",
    epilog="Start here:  gan train mnist_cgan  ·  gan sample runs/mnist_cgan --digit 3",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("train", cls=Command, epilog=train.EXAMPLES)(train.train)
app.command("sample", cls=Command, epilog=sample.EXAMPLES)(sample.sample)
app.command("interpolate", cls=Command, epilog=interpolate.EXAMPLES)(interpolate.interpolate)
app.command("translate", cls=Command, epilog=translate.EXAMPLES)(translate.translate)
app.command("project", cls=Command, epilog=project.EXAMPLES)(project.project)
app.command("explore", cls=Command, epilog=explore.EXAMPLES)(explore.explore)
app.command("evaluate", cls=Command, epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("compare", cls=Command, epilog=compare.EXAMPLES)(compare.compare)
app.command("plot-losses", cls=Command, epilog=plot_losses.EXAMPLES)(plot_losses.plot_losses)
app.command("plot-game", cls=Command, epilog=plot_game.EXAMPLES)(plot_game.plot_game)
app.command("report", cls=Command, epilog=report.EXAMPLES)(report.report)
app.command("verify", cls=Command, epilog=verify.EXAMPLES)(verify.verify)
app.command("explain", cls=Command, epilog=explain.EXAMPLES)(explain.explain)
app.command("export", cls=Command, epilog=export.EXAMPLES)(export.export)
app.command("doctor", cls=Command, epilog=doctor.EXAMPLES)(doctor.doctor)
app.add_typer(recipe.app, name="recipe")
plugin.app.command("check", cls=Command, epilog=plugin_check.EXAMPLES)(plugin_check.check)
plugin.app.command("show", cls=Command, epilog=plugin_show.EXAMPLES)(plugin_show.show)
app.add_typer(plugin.app, name="plugin")


def _print_version(wanted: bool) -> None:
    """As a callback of the flag, it runs before a missing command is complained about."""
    if wanted:
        from gancli import __version__

        typer.echo(f"gan {__version__}")
        raise typer.Exit


@app.callback()
def main(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Runs before every command."""
    _check_processes(ctx.invoked_subcommand)
