"""``gan plot-losses``: the losses of one run or several, over steps."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.output import print_path
from gancli.errors import printable

EXAMPLES = (
    "Examples:  gan plot-losses runs/mnist_cgan  ·  gan plot-losses runs/mnist_dcgan runs/mnist_wgan_gp --out both.svg"
)


def plot_losses(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Runs, or their history.jsonl.")],
    out: Annotated[Path, typer.Option("--out", help=".png, .svg or .pdf")] = Path("losses.png"),
    smooth: Annotated[int, typer.Option("--smooth", min=1, help="Logged steps that are averaged.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Draw every named loss over the steps: smoothed, with the raw line faint behind. Prints the path."""
    from gancli.errors import UsageError
    from gancli.history import read_history

    if out.suffix not in (".png", ".svg", ".pdf"):
        raise UsageError(f"{out}: the ending says what is written; expected .png, .svg or .pdf")
    names = [run.resolve().parent.name if run.is_file() else run.resolve().name for run in runs]
    if len(set(names)) < len(names):  # a/run and b/run
        names = [str(run) for run in runs]
    histories = dict(zip(names, map(read_history, runs), strict=True))

    from gancli.plotting import plot_losses as plot

    plot({printable(name): history for name, history in histories.items()}, out, smooth)
    if json:
        from json import dumps

        typer.echo(dumps({"path": str(out), "runs": {name: len(history) for name, history in histories.items()}}))
    else:
        print_path(out)
