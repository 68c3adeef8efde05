"""``gan plot-game``: both players of a game on a line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import CHECKPOINT
from gancli.cli.figure_path import figure_path, names_of
from gancli.cli.options import Json
from gancli.cli.replacing import Force, check_out
from gancli.errors import printable
from gancli.sampling import endings
from gancli.storage.run_folder import checkpoint_files
from gancli.terminal.output import print_json, print_path
from gancli.terminal.waiting import counted, load_torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gancli.figures.dirac_game import DiracGame
    from gancli.figures.line_game import LineGame

EXAMPLES = (
    "Examples:  gan plot-game runs/figure1  ·  gan plot-game runs/dirac_minimax runs/dirac_r1 --out dirac.gif  ·  "
    "gan plot-game runs/figure1 --out end.png"
)
MILLISECONDS = 80  # for which a frame is shown
PAUSE = 21 * MILLISECONDS  # for which the last one is shown


def plot_game(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Runs, or checkpoint files, of games on a line.", autocompletion=CHECKPOINT),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="x.gif: a frame a checkpoint; x.png, x.jpg: the end; by default RUN/game.gif."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Draw both players of a game on a line, at every checkpoint that a run has kept. Prints the path.

    For 'figure1': the densities of the data and of the generator, and the discriminator between them. For a Dirac-GAN:
    the path of both parameters. 'train.keep' in the recipe sets how many checkpoints a run keeps. The figure of several
    runs is written to the current folder. It replaces an older figure of the same runs, and no other file.
    """
    if out is not None and out.suffix.lower() != ".gif" and not endings.is_picture(out):
        raise endings.refuse(out, f".gif for an animation, or {endings.ONE_PICTURE} for its end")
    check_out(out, force=force)
    for run in runs:
        checkpoint_files(run)  # a missing checkpoint is reported before torch is imported
    load_torch()
    from gancli.figures.toy_games import frames
    from gancli.sampling import images

    games = {printable(name): _read(run) for name, run in zip(names_of(runs), runs, strict=True)}
    path, mark = (out, "") if out is not None else figure_path("game", ".gif", runs)
    length = max(len(game.snapshots) for game in games.values())
    if path.suffix.lower() == ".gif":
        with counted(frames(games), length, "drawing frames") as drawn:
            images.write_gif(path, drawn, [MILLISECONDS] * (length - 1) + [PAUSE], mark)
    else:
        (end,) = frames(games, last=True)
        images.write_picture(path, end)
    if json:
        steps = {name: [snapshot.step for snapshot in game.snapshots] for name, game in games.items()}
        print_json({"path": str(path), "steps": steps})
    else:
        print_path(path)


def _read(run: Path) -> "DiracGame | LineGame":
    from gancli.run.toy_games import read

    def follow(paths: list[Path]) -> "Iterator[Path]":
        with counted(paths, len(paths), printable(f"reading the checkpoints of {run}")) as each:
            yield from each

    return read(run, follow)
