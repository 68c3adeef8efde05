"""The checks of installed packages, and of every component that they register."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gancli import registry
from gancli.errors import UsageError
from gancli.names import canonical_name, suggestion
from gancli.registry import Plugin
from gancli.testing.checks import tried
from gancli.testing.packages import PACKAGE, Package
from gancli.testing.promises import Outcome, outcomes


@dataclass(frozen=True)
class Report:
    """The outcomes of the checks of one package, or of one of its components.

    Attributes:
        component: its kind and name; empty for the package itself.
    """

    package: str
    component: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_broken(self) -> bool:
        return any(outcome.status == "broken" for outcome in self.outcomes)


def check_packages(names: Sequence[str] = ()) -> Iterator[Report]:
    """Check installed packages and their components, one after the other; by default, all packages but gan's own.

    Raises UsageError for a package that is not installed, or registers nothing.
    """
    for package in [_package(name) for name in names or _third_parties()]:
        about = Report(package.name, "", tuple(outcomes((PACKAGE,), package)))
        yield about
        if not package.imported.error:
            for plugin in package.plugins:
                if plugin.kind != "recipe":
                    yield Report(package.name, f"{plugin.kind} {plugin.name}", tuple(_tried(plugin)))


def _tried(plugin: Plugin) -> list[Outcome]:
    try:
        component = plugin.entry_point.load()
    except (Exception, SystemExit) as error:
        found = f"{type(error).__name__}: {error}"
        sentence = "A component is found at the place that its entry point names."
        return [
            Outcome("is found", "broken", sentence, found, f"correct {plugin.entry_point.value!r} in pyproject.toml")
        ]
    return tried(plugin.kind, component, plugin)


def _package(name: str) -> Package:
    installed = registry.installed()
    known = {canonical_name(plugin.package): plugin.package for plugin in installed}
    found = known.get(canonical_name(name))
    if found is None:
        hint = suggestion(name, known.values()) or f"; installed: {', '.join(sorted(known.values()))}"
        raise UsageError(f"{name}: no installed package of this name has a component for gan{hint}")
    return Package(found, tuple(plugin for plugin in installed if plugin.package == found))


def _third_parties() -> list[str]:
    """Every installed package but gan's own, in alphabetical order."""
    return sorted({plugin.package for plugin in registry.installed() if not plugin.is_ours})
