"""Components that are registered for a while although no installed package does it: those that a test is about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from typing import Any

from gancli.registry import discovery
from gancli.registry.discovery import GIVEN, GROUPS, Plugin
from gancli.registry.loading import forget


@contextmanager
def given(*components: Plugin) -> Iterator[None]:
    """Within the block these components are registered too, in the place of their own package's of the same names."""
    GIVEN[:0] = components
    discovery.plugins.cache_clear()
    try:
        yield
    finally:
        for component in components:
            GIVEN.remove(component)
            forget(component)
        discovery.plugins.cache_clear()


def made_of(kind: str, name: str, component: Callable[..., Any], package: str, version: str) -> Plugin:
    """The registration of a class, or of a function that makes an instance, which need not be importable by a name."""

    class Given(EntryPoint):
        def load(self) -> Any:
            return component

    attribute = getattr(component, "__name__", type(component).__name__)
    return Plugin(kind, name, package, version, Given(name, f"{component.__module__}:{attribute}", GROUPS[kind]))
