"""``gan plugin show``: what one component is."""

from dataclasses import asdict
from typing import Annotated

import typer

from gancli.cli.completing import COMPONENT, KIND
from gancli.cli.options import Json
from gancli.errors import printable
from gancli.progress import task
from gancli.terminal.output import print_json, print_text

EXAMPLES = "Examples:  gan plugin show hinge  ·  gan plugin show stylegan2 --kind model  ·  gan plugin show r1 --json"


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A name from 'gan plugin list', or an optimizer of torch.", autocompletion=COMPONENT
        ),
    ],
    kind: Annotated[
        str | None, typer.Option("--kind", help="For a name of several kinds: loss, model, …", autocompletion=KIND)
    ] = None,
    json: Json = False,
) -> None:
    """Explain a component: its formula, what it pushes each player to, its paper, and its options with their ranges.

    Imports the package of this component, and no other.
    """
    with task(f"importing the package of {printable(name)}"):
        from gancli.explanation import component_text
        from gancli.explanation.components import described_by_name

        components = described_by_name(name, kind)
    if json:
        print_json([asdict(component) for component in components], indent=2, ensure_ascii=False)
        return
    print_text("\n\n\n".join(map(component_text.text, components)))
