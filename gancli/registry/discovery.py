"""Discovery of installed components from package metadata alone; nothing is imported.

Components enter through entry points, our own included. A component is imported when a recipe names it, and not
before, so a broken plugin disturbs only those who use it.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

from gancli.errors import PluginError
from gancli.names import suggestion

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
    "recipe": "gancli.recipes",
}
GIVEN: "list[Plugin]" = []  # components that no package registers; see ``given``
SWITCH = "GAN_PLUGINS"  # the environment's list of packages that take part; not set: all of them


@dataclass(frozen=True)
class Plugin:
    """One registered component: a name in a recipe, and the package that provides it."""

    kind: str
    name: str
    package: str
    version: str
    entry_point: EntryPoint

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} of {self.package} {self.version}"

    @property
    def is_ours(self) -> bool:
        return self.package == "gancli"

    @property
    def top_level(self) -> str:
        """The outermost package of its code."""
        return re.split(r"[.:]", self.entry_point.value)[0].strip()


@cache
def plugins() -> tuple[Plugin, ...]:
    """Every installed component, except those that ``GAN_PLUGINS`` switches off."""
    return tuple(plugin for plugin in installed() if not _is_switched_off(plugin))


def installed() -> tuple[Plugin, ...]:
    """Every registered component, from package metadata alone; nothing is imported."""
    kinds = {group: kind for kind, group in GROUPS.items()}
    found: dict[tuple[str, str, str], Plugin] = {_key(plugin): plugin for plugin in GIVEN}
    for distribution in distributions():
        with suppress(Exception):  # metadata that cannot be read hides its own package, and no other
            for point in distribution.entry_points:
                if point.group in kinds:
                    plugin = Plugin(kinds[point.group], point.name, *_name_and_version(distribution, point), point)
                    # Of a package that is on the path twice, Python imports the first.
                    found.setdefault(_key(plugin), plugin)
    order = list(GROUPS)
    return tuple(sorted(found.values(), key=lambda plugin: (order.index(plugin.kind), plugin.name)))


def _key(plugin: Plugin) -> tuple[str, str, str]:
    return plugin.kind, plugin.name, _normal(plugin.package)


def _name_and_version(distribution: Distribution, point: EntryPoint) -> tuple[str, str]:
    """Of a distribution whose metadata is lost, its module's name and ``?``."""
    about: Any = {}
    with suppress(Exception):
        about = distribution.metadata
    module = point.value.partition(":")[0].partition(".")[0]
    return about.get("Name", module), about.get("Version", "?")


def _normal(package: str) -> str:
    """A package's name as pip compares it: ``Gan_X`` is ``gan-x``."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _is_switched_off(plugin: Plugin) -> bool:
    chosen = os.environ.get(SWITCH, "").replace(" ", "")
    # ``none`` needs no case of its own: no package has this name.
    return bool(chosen) and not plugin.is_ours and _normal(plugin.package) not in _normal(chosen).split(",")


def status(plugin: Plugin) -> str:
    """``"ok"``, or the reason why a recipe cannot name this component."""
    if _is_switched_off(plugin):
        return f"switched off by {SWITCH}"
    rivals = [rival for rival in claims(plugins(), plugin.kind, plugin.name) if rival != plugin]
    return "clashes with " + package_list(rivals) if rivals else "ok"


def claims(among: Iterable[Plugin], kind: str, name: str) -> list[Plugin]:
    """Those that provide the component of this kind and name; more than one is a clash."""
    return [plugin for plugin in among if (plugin.kind, plugin.name) == (kind, name)]


def package_list(rivals: Iterable[Plugin]) -> str:
    """Their packages and versions: ``gan-one 1.0 and gan-two 2.1``."""
    return " and ".join(f"{plugin.package} {plugin.version}" for plugin in rivals)


def names(kind: str) -> list[str]:
    """The names that a recipe may use for ``kind``."""
    return sorted({plugin.name for plugin in plugins() if plugin.kind == kind})


def find(kind: str, name: str) -> Plugin:
    """The one component of this kind and name.

    Raises LookupError if there is none, PluginError if two packages claim the name or if it is switched off.
    """
    found = claims(plugins(), kind, name)
    if not found and (off := claims(installed(), kind, name)):
        raise PluginError(
            f"{off[0]} is switched off by {SWITCH}={os.environ.get(SWITCH)}; add {off[0].package}, or unset {SWITCH}"
        )
    if not found:
        hint = suggestion(name, names(kind)) or f"; available: {', '.join(names(kind)) or 'none'}"
        article = "an" if kind[0] in "aeio" else "a"
        raise LookupError(f"found {name!r}, which no installed package provides as {article} {kind}{hint}")
    if len(found) > 1:
        raise clash(kind, name, package_list(found))
    return found[0]


def clash(kind: str, name: str, packages: str) -> PluginError:
    """The error for a name that two packages claim."""
    return PluginError(
        f"two packages provide the {kind} {name!r}: {packages}; uninstall one of them, or choose with {SWITCH}"
    )
