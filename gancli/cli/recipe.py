"""``gan recipe``: find, read and check recipes."""

import re
from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.tables import print_table

app = typer.Typer(help="Find, read and check recipes.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list", epilog="Examples:  gan recipe list  ·  gan recipe list --json")
def list_(json: Json = False) -> None:
    """The recipes that work anywhere by name, those of installed plugins included."""
    from gancli.recipe import listed_recipes

    rows = [[path.stem, _title(path), plugin.package] for plugin, path in listed_recipes()]
    print_table(["recipe", "what it is", "package"], rows, as_json=json)


def _title(path: Path) -> str:
    """The first line of a recipe's comment, up to the paper."""
    first = path.read_bytes().partition(b"\n")[0].decode(errors="replace").lstrip("# ")
    return re.split(r" \(|: ", first)[0]


@app.command("show", epilog="Examples:  gan recipe show mnist_cgan  ·  gan recipe show mnist_cgan > mine.yaml")
def show(name: Annotated[str, typer.Argument(help="A listed name, or a path.")]) -> None:
    """Print a recipe as it is written; redirect it to a file to make it yours."""
    from gancli.recipe import locate, read

    typer.echo(read(locate(name)), nl=False)


@app.command("check", epilog="Examples:  gan recipe check mine.yaml  ·  gan recipe check mine.yaml train.steps=100")
def check(
    path: Annotated[str, typer.Argument(help="A path, or a listed name.")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Overrides.")] = None,
    json: Json = False,
) -> None:
    """Check a recipe; prints every problem with its place, or the recipe with every default filled in."""
    from gancli.recipe import load, locate

    recipe = load(locate(path), overrides or [])
    if json:
        from json import dumps

        typer.echo(dumps(recipe.values(), indent=2))
    else:
        typer.echo(recipe.to_yaml(), nl=False)
