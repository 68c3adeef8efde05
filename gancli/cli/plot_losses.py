"""``gan plot-losses``: the losses of one run or several, over steps."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.completing import CHECKPOINT
from gancli.cli.figure_path import figure_path, names_of
from gancli.cli.options import Json
from gancli.cli.replacing import Force, check_out
from gancli.errors import printable
from gancli.progress import task
from gancli.sampling import endings
from gancli.terminal.output import print_json, print_path

EXAMPLES = (
    "Examples:  gan plot-losses runs/mnist_cgan  ·  gan plot-losses runs/mnist_dcgan runs/mnist_wgan_gp --out both.svg"
)


def plot_losses(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="Runs, or their history.jsonl.", autocompletion=CHECKPOINT)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help=".png, .jpg, .svg or .pdf; by default losses.png in the run.")
    ] = None,
    smooth: Annotated[
        int | None,
        typer.Option("--smooth", min=1, help="How many logged steps to average; by default a 25th of them."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Draw every named loss over the steps: smoothed, with the raw line faint behind. Prints the path.

    Dotted lines show the losses at the equilibrium, where real and fake samples cannot be distinguished. The figure of
    several runs is written to the current folder. It replaces an older figure of the same runs, and no other file.
    """
    if out is not None and out.suffix.lower() not in (".svg", ".pdf") and not endings.is_picture(out):
        raise endings.refuse(out, ".png, .jpg, .svg or .pdf")
    check_out(out, force=force)
    names = [printable(name) for name in names_of(runs)]
    with task("reading the losses"):
        from gancli.figures import equilibrium
        from gancli.storage.history import read_history

        histories = dict(zip(names, map(read_history, runs), strict=True))
        folders = [run.parent if run.is_file() else run for run in runs]
        equilibria = dict(zip(names, map(equilibrium.of_run, folders), strict=True))
    path, mark = (out, "") if out is not None else figure_path("losses", ".png", runs)

    with task("drawing the losses"):
        from gancli.figures.losses import plot_losses as plot

        plot(histories, path, smooth, equilibria=equilibria, mark=mark)
    if json:
        print_json({"path": str(path), "runs": {name: len(history) for name, history in histories.items()}})
    else:
        print_path(path)
