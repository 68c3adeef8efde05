"""``gan plugin``: the installed components, from metadata alone, and new packages with one."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.command import Command
from gancli.cli.options import Json
from gancli.errors import PluginError
from gancli.scaffold.kinds import Kind
from gancli.terminal.output import print_path, say
from gancli.terminal.tables import print_table
from gancli.terminal.waiting import counted, load_torch

app = typer.Typer(help="See what is installed, and begin a package of your own.", no_args_is_help=True)


@app.command("list", cls=Command, epilog="Examples:  gan plugin list  ·  gan plugin list --json")
def list_(
    check: Annotated[
        bool, typer.Option("--check", help="Import all of them, and find mistyped groups; exit code 6 if some fail.")
    ] = False,
    json: Json = False,
) -> None:
    """Every component that is installed: kind, name, package, version, and whether a recipe can name it. Imports none
    without --check.

    A plugin is a pip package: 'pip install gan-acgan' adds its components here. GAN_PLUGINS=none switches them all off,
    and GAN_PLUGINS=gan-acgan,gan-x all but these. Of two that clash, a recipe names one as 'gan-x/NAME'.
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
    load_torch()
    from gancli.build import CONTRACTS
    from gancli.registry import find, ignored_groups, problem

    with counted(rows, len(rows), "importing the components") as counted_rows:
        for row in counted_rows:
            if row[-1] == "ok":
                kind, name = row[:2]
                row[-1] = problem(find(kind, name), CONTRACTS[kind]) or "ok"
    for package, version, group, hint in ignored_groups():
        rows.append(["?", "?", package, version, f"nobody reads its group {group!r}{hint}"])
    return sum(row[-1] != "ok" for row in rows)


@app.command(
    "new",
    cls=Command,
    epilog="Examples:  gan plugin new soft-hinge --kind loss  ·  gan plugin new moons --kind dataset --out ~/gan-moons",
)
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The component's name in a recipe; 'gan-' before it is left out.")
    ],
    kind: Annotated[Kind, typer.Option(help="What a recipe names.", show_choices=True)],
    out: Annotated[Path | None, typer.Option(help="The folder to make.", show_default="./NAME")] = None,
) -> None:
    """Write a complete package: one component, which works as it stands, a recipe that trains with it, and a test."""
    from gancli.scaffold.package import write

    package = write(name, kind, out)
    print_path(package.folder)
    for file in package.files:
        say(f"  {file}")
    say("next:")
    for command in (f"pip install {_as_folder(package.folder)}", *package.commands):
        say(f"  {command}")


def _as_folder(path: Path) -> str:
    """As pip takes it for a folder, and not for the name of a package on the network."""
    return shlex.quote(str(path) if path.is_absolute() else f"./{path}")
