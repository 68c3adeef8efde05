"""The description of one component: who provides it, what it does, and the options that it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gancli import registry
from gancli.errors import UsageError
from gancli.explanation.options import OptionDescription, described
from gancli.names import suggestion
from gancli.recipe.definitions import Definition, define
from gancli.registry import GROUPS, Plugin
from gancli.registry.docstrings import Documentation, documentation

KINDS = tuple(kind for kind in GROUPS if kind != "recipe")


@dataclass(frozen=True)
class ComponentDescription:
    """A component, for a reader."""

    kind: str
    name: str
    package: str
    version: str
    location: str  # where its class is: ``gancli.losses:Hinge``
    documentation: Documentation
    options: tuple[OptionDescription, ...]


def described_by_name(name: str, kind: str | None = None) -> list[ComponentDescription]:
    """The components of a name, of every kind that has one; nothing but their own packages is imported.

    Raises UsageError for a name or a kind that there is not, PluginError for a package that cannot be imported.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"--kind: found {kind!r}, expected one of: {', '.join(KINDS)}{suggestion(kind, KINDS)}")
    chosen = KINDS if kind is None else (kind,)
    kinds = [candidate for candidate in chosen if name in _installed_names(candidate)]
    if not kinds and "optimizer" in chosen and _is_of_torch(name):
        kinds = ["optimizer"]
    if not kinds:
        known = sorted({known for candidate in chosen for known in _installed_names(candidate)})
        hint = suggestion(name, known) or "; 'gan plugin list' shows those that are there"
        raise UsageError(f"found {name!r}, which no installed package provides{hint}")
    return [describe(found, name) for found in kinds]


def describe(kind: str, name: str) -> ComponentDescription:
    """Import a component, and describe it.

    Raises LookupError for an unknown name, PluginError for a package that cannot be used.
    """
    definition = define(kind, name)
    return of(kind, name, definition)


def of(kind: str, name: str, definition: Definition) -> ComponentDescription:
    """The description of a component that is imported."""
    found = documentation(definition.factory)
    package, version = _provider(definition.plugin)
    return ComponentDescription(
        kind=kind,
        name=name,
        package=package,
        version=version,
        location=_location(definition.factory),
        documentation=found,
        options=() if kind == "extractor" else described(definition.options, found),  # no recipe names one
    )


def _provider(plugin: Plugin | None) -> tuple[str, str]:
    """The package and its version; without a plugin, it is torch's."""
    if plugin is not None:
        return plugin.package, plugin.version
    import torch

    return "torch", torch.__version__


def _location(factory: Any) -> str:
    name = getattr(factory, "__qualname__", type(factory).__name__)
    return f"{getattr(factory, '__module__', '?')}:{name}"


def _installed_names(kind: str) -> Iterable[str]:
    """Those of packages that are switched off too: asking for one says why it cannot be used."""
    return {plugin.name for plugin in registry.installed() if plugin.kind == kind}


def _is_of_torch(name: str) -> bool:
    try:
        registry.load("optimizer", name)
    except LookupError:
        return False
    return True
