"""``gan plugin``: the installed components, from metadata alone."""

from typing import Annotated

import typer

from gancli.cli.output import Command
from gancli.cli.tables import print_table
from gancli.errors import PluginError

app = typer.Typer(help="See what is installed.", no_args_is_help=True)


@app.command("list", cls=Command, epilog="Examples:  gan plugin list  ·  gan plugin list --json")
def list_(
    check: Annotated[
        bool, typer.Option("--check", help="Import all of them, and find mistyped groups; exit code 6 if some fail.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every component that is installed: kind, name, package, version, and whether a recipe can name it. Imports none
    without --check.

    A plugin is a pip package: 'pip install gan-acgan' adds its components here. GAN_PLUGINS=none switches them all off,
    and GAN_PLUGINS=gan-acgan,gan-x all but these.
    """
    from gancli.registry import installed, status

    rows = [
        [plugin.kind, plugin.name, plugin.package, plugin.version, status(plugin)]
        for plugin in installed()
        if plugin.kind != "recipe"
    ]
    problems = _check(rows) if check else 0
    print_table(["kind", "name", "package", "version", "status"], rows, as_json=json)
    if problems:
        raise PluginError(f"{problems} of {len(rows)} cannot be used; the status says why")


def _check(rows: list[list[str]]) -> int:
    """Import the components that a recipe can name, and add groups that nobody reads; the number of problems."""
    from gancli.build import CONTRACTS
    from gancli.registry import find, ignored_groups, problem

    for row in rows:
        if row[-1] == "ok":
            kind, name = row[:2]
            row[-1] = problem(find(kind, name), CONTRACTS[kind]) or "ok"
    for package, version, group, hint in ignored_groups():
        rows.append(["?", "?", package, version, f"nobody reads its group {group!r}{hint}"])
    return sum(row[-1] != "ok" for row in rows)
