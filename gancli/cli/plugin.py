"""``gan plugin``: what is installed, from metadata alone."""

from typing import Annotated

import typer

from gancli.cli.tables import print_table

app = typer.Typer(help="See what is installed.", no_args_is_help=True)


@app.command("list", epilog="Examples:  gan plugin list  ·  gan plugin list --json")
def list_(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every component that a recipe can name: kind, name, package, version. Imports none of them.

    A plugin is a pip package: 'pip install gan-acgan' adds its components here.
    """
    from gancli.registry import plugins

    rows = [[it.kind, it.name, it.package, it.version] for it in plugins() if it.kind != "recipe"]
    print_table(["kind", "name", "package", "version"], rows, as_json=json)
