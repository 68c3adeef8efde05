"""A component under a check, registered as a third party's, and the smallest recipe that it is tried in."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gancli import registry
from gancli.data import Dataset
from gancli.recipe import Recipe
from gancli.recipe.definitions import define
from gancli.registry import Plugin, made_of
from gancli.testing.hosts import Host, hosts
from gancli.testing.promises import NotTried
from gancli.testing.toys import TOYS
from gancli.testing.trainings import Trainings


@dataclass(frozen=True)
class _ThirdParty(Plugin):
    """A registration that is tried as strictly as a third party's, whoever made it."""

    @property
    def is_ours(self) -> bool:
        return False


class Subject:
    """A component under a check.

    Args:
        kind: ``loss``, ``penalty``, ….
        component: its class, or a function that makes an instance.
        options: of its constructor, as a recipe gives them; others have their defaults.
        plugin: its registration, if a package registers it.
    """

    def __init__(
        self, kind: str, component: Callable[..., Any], options: dict[str, Any], plugin: Plugin | None = None
    ) -> None:
        known = plugin or registered(kind, component)
        name, package, version = (known.name, known.package, known.version) if known else _unregistered(component)
        made = made_of(kind, name, component, package, version)
        self.kind, self.component = kind, component
        self.written: dict[str, Any] = json.loads(json.dumps(options, default=str))  # a path as a text
        self.plugin = _ThirdParty(made.kind, made.name, made.package, made.version, made.entry_point)

    @contextmanager
    def registered(self) -> Iterator[None]:
        """Within the block, a recipe can name it."""
        with registry.given(self.plugin, *TOYS):
            yield

    @property
    def name(self) -> str:
        """Its name in a recipe."""
        return registry.name_in_recipes(self.plugin)

    def make(self, *arguments: Any) -> Any:
        """A new instance."""
        return self.component(*arguments, **self.typed_options())

    def typed_options(self) -> dict[str, Any]:
        """The options as the types of the signature, as a recipe gives them; new ones at every call."""
        if self.kind == "extractor":  # which no recipe gives options
            return dict(self.options)
        return define(self.kind, self.name).typed(self.options)

    @cached_property
    def instance(self) -> Any:
        """An instance that checks share."""
        return self.make()

    @cached_property
    def options(self) -> dict[str, Any]:
        """The options that it is tried with: those that were given, or of a recipe of its package that is small."""
        return self.accepted[0].options if self.accepted else self.written

    @cached_property
    def host(self) -> Recipe:
        """The smallest recipe that it accepts; raises NotTried if there is none."""
        recipe = self.accepted[0].recipe if self.accepted else None
        if recipe is None:
            raise NotTried("no small recipe has data and networks that it accepts")
        return recipe

    @cached_property
    def refusals(self) -> list[str]:
        """What it says of data and networks that it does not accept."""
        return [host.refusal for host in self._tried if host.refusal]

    @cached_property
    def trainings(self) -> Trainings:
        """Its trainings, which checks share."""
        return Trainings(self.host)

    @cached_property
    def data(self) -> Dataset:
        """The data of its host."""
        return self.trainings.new().dataset

    @cached_property
    def accepted(self) -> list[Host]:
        """The recipes that it accepts, the smallest first; none for an extractor, which no recipe names."""
        return sorted((host for host in self._tried if not host.refusal), key=lambda host: host.size)

    @cached_property
    def _tried(self) -> list[Host]:
        return [] if self.kind == "extractor" else hosts(self.kind, self.plugin, self.written)


def registered(kind: str, component: object) -> Plugin | None:
    """The registration of a component that an installed package registers; None for any other."""
    top = str(getattr(component, "__module__", "")).partition(".")[0]
    of_its_package = [plugin for plugin in registry.plugins() if plugin.kind == kind and plugin.top_level == top]
    return next((plugin for plugin in of_its_package if _loads(plugin, component)), None)


def _loads(plugin: Plugin, component: object) -> bool:
    with suppress(Exception):  # another component of the package may be broken
        return plugin.entry_point.load() is component
    return False


def _unregistered(component: Any) -> tuple[str, str, str]:
    """Its name, its package, and a version that says that it is not installed."""
    return component.__name__, str(component.__module__).partition(".")[0], "?"
