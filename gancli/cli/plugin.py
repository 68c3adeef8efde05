"""``gan plugin``: the installed components."""

from typing import Annotated

import typer

from gancli.cli import plugin_show
from gancli.cli.output import Command
from gancli.cli.tables import print_table

app = typer.Typer(help="See what is installed.", no_args_is_help=True)
app.command("show", cls=Command, epilog=plugin_show.EXAMPLES)(plugin_show.show)


@app.command("list", cls=Command, epilog="Examples:  gan plugin list  ·  gan plugin list --json")
def list_(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every component that is installed: kind, name, package, version, and whether a recipe can name it. Imports none.

    A plugin is a pip package: 'pip install gan-acgan' adds its components here. GAN_PLUGINS=none switches them all off,
    and GAN_PLUGINS=gan-acgan,gan-x all but these.
    """
    from gancli.registry import installed, status

    rows = [
        [plugin.kind, plugin.name, plugin.package, plugin.version, status(plugin)]
        for plugin in installed()
        if plugin.kind != "recipe"
    ]
    print_table(["kind", "name", "package", "version", "status"], rows, as_json=json)
