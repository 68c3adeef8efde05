"""``gan plot-game``: a game so small that all of it can be seen."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.output import print_path
from gancli.errors import printable

EXAMPLES = (
    "Examples:  gan plot-game runs/figure1  ·  gan plot-game runs/dirac_minimax runs/dirac_r1 --out dirac.gif  ·  "
    "gan plot-game runs/figure1 --out end.png"
)
MILLISECONDS = 80  # a frame
PAUSE = 20  # frames that the end is held for


def plot_game(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Runs, or checkpoint files, of games on a line.")
    ],
    out: Annotated[Path, typer.Option("--out", help="x.gif: a frame a checkpoint; x.png: the end.")] = Path("game.gif"),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Draw both players of a game on a line, at every checkpoint that a run has kept. Prints the path.

    Of 'figure1', the densities of the data and of the generator, and the discriminator between them; of a Dirac-GAN,
    the way of both parameters. How many checkpoints a run keeps is its recipe's 'train.keep'.
    """
    from gancli.errors import UsageError

    if out.suffix not in (".gif", ".png"):
        raise UsageError(f"{out}: the ending says what is written; expected .gif for an animation or .png for its end")
    from gancli import images, theory

    names = [run.resolve().name for run in runs]
    if len(set(names)) < len(names):  # a/run and b/run
        names = [str(run) for run in runs]
    games = {printable(name): theory.read(run) for name, run in zip(names, runs, strict=True)}
    frames = list(theory.frames(games, last=out.suffix == ".png"))
    if out.suffix == ".gif":
        images.write_gif(out, [*frames, *[frames[-1]] * PAUSE], MILLISECONDS, back=False)
    else:
        images.write_png(out, frames[-1])
    if json:
        from json import dumps

        steps = {name: [moment.step for moment in game.moments] for name, game in games.items()}
        typer.echo(dumps({"path": str(out), "steps": steps}))
    else:
        print_path(out)
