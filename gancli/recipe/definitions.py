"""The definition of a component: who provides it, what makes it, and the options that it takes."""

import json
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NotRequired, Required

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from gancli import registry
from gancli.recipe.schema import Component
from gancli.registry import Option, Plugin

TERM_KEYS = {"penalty": ("every",), "regulariser": ("every",)}  # keys beside the name that belong to the recipe
SUPPLIED = {  # arguments that build supplies, and a recipe cannot
    "model": ("data", "architecture", "loss", "penalties", "regularisers", "augmentation", "latent"),
    "optimizer": ("params", "capturable", "differentiable"),  # no CUDA graphs, no gradients through a step
} | TERM_KEYS
NO_AUGMENTATION = ("augmentation", "none")

_OPTIONS = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


@dataclass(frozen=True)
class Definition:
    """A component as its package defines it."""

    factory: Callable[..., Any]  # makes it of its options
    plugin: Plugin | None  # None: an optimizer of torch, or no augmentation
    options: dict[str, Option]

    def typed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Options as the types of the signature: a list as the tuple that was annotated, a dataset as a ``Component``.

        Raises pydantic's ValidationError.
        """
        return self._form.validate_json(json.dumps(options))

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The options that say where files are: annotated as paths."""
        return tuple(name for name, option in self.options.items() if _holds(option.annotation, Path))

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The options of a dataset that are datasets themselves: annotated as such."""
        if self.plugin is None or self.plugin.kind != "dataset":
            return ()
        from gancli.data import Dataset  # here, because it imports torch, which a component has imported already

        return tuple(name for name, option in self.options.items() if _holds(option.annotation, Dataset))

    @cached_property
    def _form(self) -> TypeAdapter[dict[str, Any]]:
        annotations = {name: option.annotation for name, option in self.options.items()}
        annotations |= {name: Component if self.options[name].required else Component | None for name in self.datasets}
        fields = {
            name: (Required if self.options[name].required else NotRequired)[annotation]
            for name, annotation in annotations.items()
        }
        make: Any = TypedDict  # the type checker knows only those that are written out
        return TypeAdapter(with_config(_OPTIONS)(make("Options", fields)))


Define = Callable[[str, str], Definition]


def define(kind: str, name: str) -> Definition:
    """Find a component, import it, and read its signature.

    Raises LookupError for an unknown name, PluginError for a package that cannot be used.
    """
    if (kind, name) == NO_AUGMENTATION:
        return Definition(lambda: None, None, {})
    loaded = registry.load_with_plugin(kind, name)
    read = _read_once if loaded.plugin is None or loaded.plugin.is_ours else _read
    return read(kind, loaded.factory, loaded.plugin)


def _read(kind: str, factory: Callable[..., Any], plugin: Plugin | None) -> Definition:
    return Definition(factory, plugin, registry.options(factory, SUPPLIED.get(kind, ())))


_read_once = cache(_read)  # what is built in stays as it is; a third party's code may be another one the next time


def _holds(annotation: Any, wanted: type) -> bool:
    """Whether it is ``wanted``, or holds it: ``Path | None``, ``tuple[Path, ...]``."""
    return annotation is wanted or any(_holds(argument, wanted) for argument in typing.get_args(annotation))
