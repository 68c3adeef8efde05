"""The command line: parse, call, print. What is slow to import is imported when a command runs."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gancli.cli import plot, plugin, recipe, sample, train
from gancli.errors import DeviceError, GanError, RecipeError, StorageError


class Commands(TyperGroup):
    """Turns every expected failure into one message and its exit code; the only place that does."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GanError as error:
            failure = error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - whoever read us has gone
                raise typer.Exit(0) from None
            failure = StorageError(f"{error.filename or 'the disk'}: {error.strerror or error}")
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            failure = DeviceError("out of memory; a smaller train.batch_size or a smaller network is the way out")
        # A recipe's problems begin with their place, which editors and people jump to.
        typer.echo(str(failure) if isinstance(failure, RecipeError) else f"gan: {failure}", err=True)
        raise typer.Exit(failure.exit_code)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate memory" in str(error)


app = typer.Typer(
    cls=Commands,
    name="gan",
    help="Train generative adversarial networks from recipes, and sample from what was trained.",
    epilog="Start here:  gan train mnist_cgan  ·  gan sample runs/mnist_cgan --digit 3",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("train", epilog=train.EXAMPLES)(train.train)
app.command("sample", epilog=sample.SAMPLE_EXAMPLES)(sample.sample)
app.command("interpolate", epilog=sample.INTERPOLATE_EXAMPLES)(sample.interpolate)
app.command("plot-losses", epilog=plot.EXAMPLES)(plot.plot_losses)
app.add_typer(recipe.app, name="recipe")
app.add_typer(plugin.app, name="plugin")


def _print_version(wanted: bool) -> None:
    """As a callback of the flag, it runs before a missing command is complained about."""
    if wanted:
        from gancli import __version__

        typer.echo(f"gan {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Runs before every command."""
