"""Discovery of installed components from package metadata alone; nothing is imported.

Components enter through entry points, our own included. A component is imported when a recipe names it, and not
before, so a broken plugin disturbs only those who use it.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

from gancli.errors import PluginError
from gancli.names import canonical_name, suggestion
from gancli.registry.contract import CONTRACT, contracts_of
from gancli.registry.known import how_to_get
from gancli.registry.left_out import SWITCH, refusal, why_left_out

GROUPS = {
    "model": "gancli.models",
    "architecture": "gancli.architectures",
    "loss": "gancli.losses",
    "penalty": "gancli.penalties",
    "regulariser": "gancli.regularisers",
    "augmentation": "gancli.augmentations",
    "dataset": "gancli.datasets",
    "optimizer": "gancli.optimizers",
    "extractor": "gancli.extractors",
    "logger": "gancli.loggers",
    "recipe": "gancli.recipes",
}
GIVEN: "list[Plugin]" = []  # components that no package registers; see ``given``


@dataclass(frozen=True)
class Plugin:
    """One registered component: a name in a recipe, and the package that provides it."""

    kind: str
    name: str
    package: str
    version: str
    entry_point: EntryPoint
    contracts: tuple[str, ...] = (str(CONTRACT),)  # the versions of the contract that its package is written for

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} of {self.package} {self.version}"

    @property
    def is_ours(self) -> bool:
        return self.package == "gancli"

    @property
    def full_name(self) -> str:
        """The name that no other package's component has: ``gan-mine/hinge``."""
        return f"{canonical_name(self.package)}/{self.name}"

    @property
    def top_level(self) -> str:
        """The outermost package of its code."""
        return re.split(r"[.:]", self.entry_point.value)[0].strip()


@cache
def plugins() -> tuple[Plugin, ...]:
    """Every installed component that takes part: not switched off, and written for this version of the contract."""
    return tuple(plugin for plugin in installed() if not why_left_out(plugin))


def installed() -> tuple[Plugin, ...]:
    """Every registered component, from package metadata alone; nothing is imported."""
    kinds = {group: kind for kind, group in GROUPS.items()}
    found: dict[tuple[str, str, str], Plugin] = {_key(plugin): plugin for plugin in GIVEN}
    for distribution in distributions():
        with suppress(Exception):  # metadata that cannot be read hides its own package, and no other
            points = distribution.entry_points  # read from the disk every time
            ours = [point for point in points if point.group in kinds]
            if not ours:
                continue
            about, contracts = _name_and_version(distribution, ours[0]), contracts_of(points)  # once: it is slow
            for point in ours:
                plugin = Plugin(kinds[point.group], point.name, *about, point, contracts)
                # Of a package that is on the path twice, Python imports the first.
                found.setdefault(_key(plugin), plugin)
    order = list(GROUPS)
    return tuple(sorted(found.values(), key=lambda plugin: (order.index(plugin.kind), plugin.name, plugin.package)))


def _key(plugin: Plugin) -> tuple[str, str, str]:
    return plugin.kind, plugin.name, canonical_name(plugin.package)


def _name_and_version(distribution: Distribution, point: EntryPoint) -> tuple[str, str]:
    """Of a distribution whose metadata is lost, its module's name and ``?``."""
    about: Any = {}
    with suppress(Exception):
        about = distribution.metadata
    module = point.value.partition(":")[0].partition(".")[0]
    return about.get("Name", module), about.get("Version", "?")


def status(plugin: Plugin) -> str:
    """``"ok"``, or the reason why a recipe cannot name this component, or not by its name alone."""
    if reason := why_left_out(plugin):
        return reason
    rivals = [rival for rival in claims(plugins(), plugin.kind, plugin.name) if rival != plugin]
    return "clashes with " + package_list(rivals) if rivals else "ok"


def claims(among: Iterable[Plugin], kind: str, name: str) -> list[Plugin]:
    """Those that provide the component of this kind and name; more than one is a clash.

    Args:
        name: alone, or after that of its package: ``gan-mine/hinge``.
    """
    package, slash, rest = name.rpartition("/")
    full_name = f"{canonical_name(package)}{slash}{rest}"
    return [plugin for plugin in among if plugin.kind == kind and full_name in (plugin.name, plugin.full_name)]


def name_in_recipes(plugin: Plugin) -> str:
    """Its name; its full name where another component may have the same, as an optimizer of torch may."""
    is_alone = plugin.kind != "optimizer" and len(claims(plugins(), plugin.kind, plugin.name)) < 2
    return plugin.name if is_alone else plugin.full_name


def package_list(rivals: Iterable[Plugin]) -> str:
    """Their packages and versions: ``gan-one 1.0 and gan-two 2.1``."""
    return " and ".join(f"{plugin.package} {plugin.version}" for plugin in rivals)


def names(kind: str) -> list[str]:
    """The names that a recipe may use for ``kind``."""
    return sorted({plugin.name for plugin in plugins() if plugin.kind == kind})


def find(kind: str, name: str) -> Plugin:
    """The one component of this kind and name, which may begin with its package: ``gan-mine/hinge``.

    Raises LookupError if there is none, PluginError if two packages claim the name or if it does not take part.
    """
    found = claims(plugins(), kind, name)
    if not found and (left_out := claims(installed(), kind, name)):
        raise refusal(left_out[0])
    if not found:
        known = [plugin.full_name for plugin in plugins() if plugin.kind == kind] if "/" in name else names(kind)
        hint = how_to_get(kind, name) or suggestion(name, known) or f"; available: {', '.join(known) or 'none'}"
        article = "an" if kind[0] in "aeio" else "a"
        raise LookupError(f"found {name!r}, which no installed package provides as {article} {kind}{hint}")
    if len(found) > 1:
        raise clash(kind, name, package_list(found), [plugin.full_name for plugin in found])
    return found[0]


def clash(kind: str, name: str, packages: str, full_names: Iterable[str]) -> PluginError:
    """The error for a name that two packages claim."""
    return PluginError(
        f"two packages provide the {kind} {name!r}: {packages}; write {' or '.join(full_names)}, uninstall one of "
        f"them, or choose with {SWITCH}"
    )
