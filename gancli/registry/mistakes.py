"""Mistakes in what packages register, some of which hide a component without a word."""

import inspect
from importlib.metadata import Distribution, distributions
from typing import Any

from gancli.errors import PluginError
from gancli.names import suggestion
from gancli.registry.discovery import GROUPS, Plugin
from gancli.registry.loading import load_with_plugin


def mistyped_groups(distribution: Distribution) -> list[tuple[str, str]]:
    """The groups of a package's entry points that seem meant for gan and that nobody reads, each with a suggestion."""
    groups = sorted({point.group for point in distribution.entry_points} - set(GROUPS.values()) - CONTRACT_GROUPS)
    hints = {group: suggestion(group, GROUPS.values()) for group in groups}
    return [(group, hint) for group, hint in hints.items() if _is_meant_for_gan(group, hint)]


def ignored_groups() -> list[tuple[str, str, str, str]]:
    """Every installed package with such a group: its name, its version, the group, and a suggestion."""
    return [
        (str(found.metadata["Name"]), found.version, group, hint)
        for found in distributions()
        for group, hint in mistyped_groups(found)
    ]


def problem(plugin: Plugin, contract: type | None) -> str:
    """Import a component: the reason why it cannot be used; empty if it can.

    Args:
        contract: the class that its kind extends.
    """
    try:
        component: Any = load_with_plugin(plugin.kind, plugin.name).factory
    except (PluginError, LookupError) as error:
        return str(error)
    if contract and inspect.isclass(component) and not issubclass(component, contract):
        return f"found the class {component.__name__}, which does not extend {contract.__name__}"
    return ""


CONTRACT_GROUPS = {"gancli.contract"}  # read elsewhere


def _is_meant_for_gan(group: str, hint: str) -> bool:
    return group.startswith(("gancli.", "gancli_", "gan.")) or (bool(hint) and "gan" in group)
