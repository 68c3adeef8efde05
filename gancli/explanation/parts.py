"""The components that a recipe names, each in a sentence."""

from dataclasses import dataclass

from gancli.recipe import Plan
from gancli.registry.docstrings import Paper, documentation


@dataclass(frozen=True)
class Part:
    """One component of a recipe."""

    kind: str
    name: str
    package: str
    summary: str
    papers: tuple[Paper, ...]


def parts(plan: Plan) -> tuple[Part, ...]:
    """Every component of a plan, once."""
    found: dict[tuple[str, str], Part] = {}
    for component in plan:
        documented = documentation(component.factory)
        package = component.plugin.package if component.plugin else "torch"
        part = Part(component.kind, component.name, package, documented.summary, documented.papers)
        found.setdefault((component.kind, component.name), part)
    return tuple(found.values())
