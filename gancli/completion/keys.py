"""The keys of a recipe, such as ``train.steps``, with the values that each may have."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from gancli.completion import components
from gancli.errors import PluginError
from gancli.recipe import PLAYERS, Ramp, Recipe
from gancli.recipe.components import LISTED, SECTIONS, TERMS
from gancli.registry.source_files import WrittenOption

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class Key:
    """A dotted key, the value that it has now, and those that it may have, as a command line writes them."""

    name: str
    now: str = ""  # empty: it has none, or one that is not written in a word
    choices: tuple[str, ...] = ()
    is_path: bool = False

    @classmethod
    def of(cls, name: str, option: WrittenOption, given: Mapping[str, Any]) -> "Key":
        """The key of an option, which has its default unless another value is given."""
        value = given.get(name.rpartition(".")[2], option.default)
        return cls(name, _written(value), option.choices, is_path="Path" in option.annotation)

    @property
    def values(self) -> list[str]:
        """Each value once, that of now first."""
        return list(filter(None, dict.fromkeys([self.now, *self.choices])))


def keys(values: dict[str, Any]) -> Iterator[Key]:
    """Every key of a recipe.

    Args:
        values: of its file, each component as a mapping.
    """
    for name, field in Recipe.model_fields.items():
        value = values.get(name, field.default)
        if name in SECTIONS:
            yield from _component(name, name, value)
        elif name in LISTED:
            yield from _listed(name, value)
        elif name == "optimizer":
            yield from _optimizer(value)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _section(name, field.annotation, value)
        elif name != "schema_version":
            yield Key(name, _written(value), DEVICES if name == "device" else _choices(field.annotation))


def _section(key: str, section: type[BaseModel], values: Any) -> Iterator[Key]:
    given = values if isinstance(values, dict) else {}
    for name, field in section.model_fields.items():
        option = field.alias or name
        yield Key(f"{key}.{option}", _written(given.get(option, field.default)), _choices(field.annotation))


def _listed(section: str, parts: Any) -> Iterator[Key]:
    kind = LISTED[section]
    yield Key(section, choices=tuple(f"[{name}]" for name in components.names(kind)))
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        yield from _component(kind, f"{section}.{index}", part)
        if section in TERMS:
            yield Key(f"{section}.{index}.every", _written(part.get("every", 1) if isinstance(part, dict) else 1))


def _optimizer(values: Any) -> Iterator[Key]:
    given = values if isinstance(values, dict) else {}
    yield from _component("optimizer", "optimizer", given)
    for player in PLAYERS:
        own = written if isinstance(written := given.get(player), dict) else {}
        merged = own if own.get("name", given.get("name")) != given.get("name") else given | own
        yield Key(f"optimizer.{player}.name", _written(merged.get("name")), tuple(components.names("optimizer")))
        yield from _options("optimizer", f"optimizer.{player}", merged)
    for option, value in given.items():
        if isinstance(value, dict) and option not in PLAYERS:
            yield from _section(f"optimizer.{option}", Ramp, value)


def _component(kind: str, key: str, values: Any) -> Iterator[Key]:
    """The component itself, and its options."""
    given = values if isinstance(values, dict) else {"name": values}
    yield Key(key, _written(given.get("name")), tuple(components.names(kind)))
    yield from _options(kind, key, given)


def _options(kind: str, key: str, given: dict[str, Any]) -> Iterator[Key]:
    with suppress(LookupError, PluginError):  # what is not installed, or is so twice, has no options
        for option, written in components.options(kind, str(given.get("name"))).items():
            if "Dataset" in written.annotation:
                yield from _component("dataset", f"{key}.{option}", given.get(option))
            else:
                yield Key.of(f"{key}.{option}", written, given)


def _choices(annotation: Any) -> tuple[str, ...]:
    """The values of a type that has few."""
    if annotation is bool:
        return ("true", "false")
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def _written(value: Any) -> str:
    """A value as one word; empty for one that is not known, and for a mapping."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bool | int | float | list | tuple | None) or "{" in (
        text := json.dumps(value, default=str)
    ):
        return ""
    return text.replace('"', "").replace(", ", ",")
