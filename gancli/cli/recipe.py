"""``gan recipe``: find, read and check recipes."""

import itertools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli import commands
from gancli.cli.command import Command
from gancli.cli.completing import override_of
from gancli.cli.options import Json, RecipeName
from gancli.errors import DataError, UsageError, printable
from gancli.progress import task
from gancli.terminal.output import is_terminal, note, print_json, print_path, result, say
from gancli.terminal.tables import print_table
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.recipe import Recipe

app = typer.Typer(help="Find, read and check recipes.", no_args_is_help=True)


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
def show(name: RecipeName) -> None:
    """Print a recipe as it is written; redirect it to a file to make it yours."""
    from gancli.recipe import locate, read

    result(read(locate(name)), newline=False)
    if not is_terminal():
        note("for completion in an editor, run beside the recipe: gan recipe schema --out gan-recipe.schema.json")


@app.command(
    "schema", cls=Command, epilog="Examples:  gan recipe schema  ·  gan recipe schema --out gan-recipe.schema.json"
)
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="A file to write it to, in the place of stdout.")] = None,
) -> None:
    """Print the JSON Schema of a recipe, for editors: keys, types, ranges, defaults and what they mean.

    It has the components of all packages that are installed, so make it again after an installation. Shipped recipes
    say where an editor finds it: in gan-recipe.schema.json, beside the recipe.
    """
    from json import dumps

    from gancli import json_schema
    from gancli.files import write_whole

    if out is not None and os.path.lexists(out) and not json_schema.is_one(out):
        raise UsageError(f"{out}: is there already, and is no schema of 'gan recipe schema'; choose another name")
    load_torch()
    with task("importing every component"):
        document = json_schema.document()
    for problem in document.broken:
        note(f"its options are left open: {printable(problem)}")
    text = dumps(document.schema, indent=2, ensure_ascii=False)
    if out is None:
        result(text)
    else:
        write_whole(out, f"{text}\n".encode())
        print_path(out)


@app.command(
    "check", cls=Command, epilog="Examples:  gan recipe check mine.yaml  ·  gan recipe check mine.yaml train.steps=100"
)
def check(
    path: RecipeName,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Overrides.", autocompletion=override_of("path")),
    ] = None,
    json: Json = False,
) -> None:
    """Check a recipe; prints every problem with its place, or the recipe with every default filled in.

    Components of plugins are tried: one step of both players on a few examples.
    """
    from gancli.recipe import load, locate

    with task("checking"):  # which may import components, and torch with them
        recipe = load(locate(path), overrides or [])
    if recipe.plan.third_parties():
        _try_plugins(recipe)
    if json:
        print_json(recipe.values(), indent=2)
    else:
        result(recipe.to_yaml(), newline=False)


def _try_plugins(recipe: "Recipe") -> None:
    load_torch()
    from gancli import build

    try:
        with task("trying the plugins"):
            build.check_plugins(recipe)
    except DataError as error:
        note(f"its plugins were not tried, because the data are not here: {printable(str(error))}")


@app.command(
    "new",
    cls=Command,
    epilog="Examples:  gan recipe new x.yaml  ·  gan recipe new x.yaml --images DIR  ·  gan recipe new --loss hinge",
)
def new(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The file to write, NAME.yaml; by default stdout.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="A dataset from 'gan plugin list'.")] = None,
    images: Annotated[Path | None, typer.Option(help="A folder of images to learn from, which is looked at.")] = None,
    model: Annotated[str | None, typer.Option(help="A model from that list.")] = None,
    architecture: Annotated[str | None, typer.Option(help="An architecture from that list.")] = None,
    loss: Annotated[str | None, typer.Option(help="A loss from that list.")] = None,
) -> None:
    """Write a recipe with every default, a comment for each key, and the reason for what was chosen.

    It begins with the listed recipe that is nearest to what is asked for, or with what a folder of images holds.
    """
    if dataset and images:
        raise UsageError("found --dataset and --images, which both say what to learn from; expected one of them")
    if file is not None and file.suffix not in (".yaml", ".yml") and file.name.strip("."):
        file = file.with_name(f"{file.name}.yaml")  # by which editors know it
    if file is not None and os.path.lexists(file):
        raise UsageError(f"{file}: is there already, and is not overwritten; choose another name")
    load_torch()
    given = {"dataset": dataset, "model": model, "architecture": architecture, "loss": loss}
    wanted = {key: name for key, name in given.items() if name}
    with task("writing the recipe" if images is None else f"looking at {printable(str(images))}"):
        from gancli.drafting import draft

        text = draft(wanted, images, file=file)
    if file is None:
        result(text, newline=False)
    else:
        _write_new(file, text)


def _write_new(file: Path, text: str) -> None:
    from gancli.json_schema import FILE_NAME

    with file.open("xb") as opened:  # fails if another process has just made it
        opened.write(text.encode())
    print_path(file)
    say("next:")
    for next_one in (
        commands.command("train", file, "--dry-run"),
        commands.command("recipe", "schema", "--out", file.with_name(FILE_NAME)) + "   # completion in an editor",
    ):
        say(f"  {next_one}")
