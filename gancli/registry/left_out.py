"""Components that are installed and take no part: switched off, or written for another version of the contract."""

import os
from typing import TYPE_CHECKING

from gancli.errors import PluginError
from gancli.names import canonical_name
from gancli.registry.contract import CONTRACT, is_kept_by

if TYPE_CHECKING:
    from gancli.registry.discovery import Plugin

SWITCH = "GAN_PLUGINS"  # the environment's list of packages that take part; not set: all of them


def why_left_out(plugin: "Plugin") -> str:
    """The reason why a component takes no part; empty if it does."""
    if _is_switched_off(plugin):
        return f"switched off by {SWITCH}"
    # A recipe is only text: it is listed, and the component that it names is what is refused.
    if plugin.kind != "recipe" and not is_kept_by(plugin.contracts):
        return f"written for version {' and '.join(plugin.contracts)} of the contract"
    return ""


def refusal(plugin: "Plugin") -> PluginError:
    """The error for the use of a component that takes no part, with the way out."""
    found = f"{plugin} is {why_left_out(plugin)}"
    if _is_switched_off(plugin):
        return PluginError(f"{found}={os.environ.get(SWITCH)}; add {plugin.package}, or unset {SWITCH}")
    way_out = f"install a version of {plugin.package} for contract {CONTRACT}, or a gan for its contract"
    return PluginError(f"{found}, and this gan has version {CONTRACT}; {way_out}")


def _is_switched_off(plugin: "Plugin") -> bool:
    chosen = canonical_name(os.environ.get(SWITCH, "").replace(" ", ""))
    # ``none`` needs no case of its own: no package has this name.
    return bool(chosen) and not plugin.is_ours and canonical_name(plugin.package) not in chosen.split(",")
