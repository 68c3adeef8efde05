"""Arguments and options that several commands share, each declared once."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.completing import CHECKPOINT, CLASS, RECIPE, SAMPLING_OPTION
from gancli.terminal.protocols import protocol

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="A path, or a name from 'gan recipe list'.", autocompletion=RECIPE)
]
CheckpointPath = Annotated[
    Path,
    typer.Argument(
        metavar="CKPT",
        help="A checkpoint file, or a run (its newest valid checkpoint; its best if train.patience ended it).",
        autocompletion=CHECKPOINT,
    ),
]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="OPTION=VALUE",
        help="Sampling options of the model, such as truncation=0.7; or new places, such as dataset.root=/data/photos.",
        autocompletion=SAMPLING_OPTION,
    ),
]
Digit = Annotated[str | None, typer.Option("--digit", help="Draw this digit.", autocompletion=CLASS)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _check_protocol(show: bool) -> bool:
    """Refuse an unknown GAN_SHOW before anything is drawn; raises UsageError."""
    if show:
        protocol()
    return show


Show = Annotated[
    bool,
    typer.Option(
        "--show",
        help="Draw in the terminal too; GAN_SHOW=kitty, iterm, sixel or blocks says how.",
        callback=_check_protocol,
    ),
]
