"""``gan recipe``: find, read and check recipes."""

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import RECIPE, override_of
from gancli.cli.output import Command, note, result
from gancli.cli.tables import print_table
from gancli.cli.waiting import load_torch, waiting
from gancli.errors import DataError, printable

if TYPE_CHECKING:
    from gancli.recipe import Recipe

app = typer.Typer(help="Find, read and check recipes.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list", cls=Command, epilog="Examples:  gan recipe list  ·  gan recipe list --json")
def list_(json: Json = False) -> None:
    """The recipes that work anywhere by name, those of installed plugins included, and how long each takes on a CPU."""
    from gancli.recipe import listed_recipes

    rows = []
    for plugin, path in listed_recipes():
        comment = _comment(path)
        rows.append([path.stem, _title(comment), _time(comment), plugin.package])
    print_table(["recipe", "what it is", "training", "package"], rows, as_json=json)


def _comment(path: Path) -> str:
    """The comment that a recipe begins with, as one line after another without the signs."""
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join(line.lstrip("# ") for line in itertools.takewhile(lambda line: line.startswith("#"), lines))


def _title(comment: str) -> str:
    """The first line, up to the paper."""
    return re.split(r" \(|: ", comment.partition("\n")[0])[0]


def _time(comment: str) -> str:
    """How long the training takes on a CPU, in minutes if it is long; empty if the comment does not say it."""
    stated = re.search(r"(\d+) (s|min|h) on (?:one|two) CPU cores?\b", comment)
    if not stated:
        return ""
    number, unit = int(stated[1]), stated[2]
    return f"{round(number / 60)} min" if unit == "s" and number >= 90 else f"{number} {unit}"


@app.command(
    "show", cls=Command, epilog="Examples:  gan recipe show mnist_cgan  ·  gan recipe show mnist_cgan > mine.yaml"
)
def show(name: Annotated[str, typer.Argument(help="A listed name, or a path.", autocompletion=RECIPE)]) -> None:
    """Print a recipe as it is written; redirect it to a file to make it yours."""
    from gancli.recipe import locate, read

    result(read(locate(name)), newline=False)


@app.command(
    "check", cls=Command, epilog="Examples:  gan recipe check mine.yaml  ·  gan recipe check mine.yaml train.steps=100"
)
def check(
    path: Annotated[str, typer.Argument(help="A path, or a listed name.", autocompletion=RECIPE)],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Overrides.", autocompletion=override_of("path")),
    ] = None,
    json: Json = False,
) -> None:
    """Check a recipe; prints every problem with its place, or the recipe with every default filled in.

    Components of plugins are tried: one step of both players on a few examples.
    """
    from gancli.recipe import load, locate

    recipe = load(locate(path), overrides or [])
    if recipe.plan.third_parties():
        _try_plugins(recipe)
    if json:
        from json import dumps

        result(dumps(recipe.values(), indent=2))
    else:
        result(recipe.to_yaml(), newline=False)


def _try_plugins(recipe: "Recipe") -> None:
    load_torch()
    from gancli import build

    try:
        with waiting():
            build.check_plugins(recipe)
    except DataError as error:
        note(f"its plugins were not tried, because the data are not here: {printable(str(error))}")
