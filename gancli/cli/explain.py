"""``gan explain``: what a recipe or a run trains, in words and formulas."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import RECIPE_OR_CHECKPOINT, override_of
from gancli.cli.options import Json
from gancli.commands import command
from gancli.errors import UsageError, printable
from gancli.progress import task
from gancli.storage.run_folder import RunFolder, checkpoint_files
from gancli.terminal.output import print_json, print_text, say
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.explanation.explanation import Explanation

EXAMPLES = (
    "Examples:  gan explain mnist_cgan  ·  gan explain mine.yaml loss=hinge --time  ·  gan explain runs/mnist_cgan  ·  "
    "gan explain ring --json"
)


def explain(
    place: Annotated[
        str,
        typer.Argument(
            metavar="RECIPE|CKPT", help="A recipe, a run, or a checkpoint file.", autocompletion=RECIPE_OR_CHECKPOINT
        ),
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Of a recipe.", autocompletion=override_of("place")),
    ] = None,
    time: Annotated[bool, typer.Option("--time", help="Make a few steps, to say what they take here.")] = False,
    json: Json = False,
) -> None:
    """Explain what is trained: the objective of each player, the order of the steps, the networks layer by layer.

    Of a run, also where it stands, and what its losses and warnings mean. The data are
    downloaded if they are not here, unless GAN_OFFLINE is set; without them, all but the networks is explained.
    """
    path = Path(place)
    is_run = path.suffix == ".safetensors" or (path.is_dir() and RunFolder(path).is_run)
    if is_run and overrides:
        raise UsageError(f"{overrides[0]}: {place} was trained as it was; KEY=VALUE changes only a recipe")
    if path.suffix == ".safetensors":
        checkpoint_files(path)  # a missing checkpoint is reported before torch is imported, and so is a recipe
    elif not is_run:
        from gancli.recipe import locate

        locate(place)
    load_torch()
    with task("reading the data and building the networks"):
        explanation = _of(place, overrides or [], is_run=is_run, measured=time)
    if json:
        print_json(asdict(explanation), indent=2, ensure_ascii=False)
    else:
        from gancli.explanation.explanation_text import text

        print_text(text(explanation))
        if not time:
            say(f"what a step takes here: {printable(command('explain', place, *(overrides or []), '--time'))}")


def _of(place: str, overrides: list[str], *, is_run: bool, measured: bool) -> "Explanation":
    from gancli.explanation import explanation
    from gancli.recipe import load, locate

    if is_run:
        return explanation.of_run(Path(place), measured=measured)
    return explanation.of_recipe(load(locate(place), overrides), measured=measured)
