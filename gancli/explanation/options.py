"""The options of a component in words: type, range, default, description."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ConfigDict, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from gancli.registry import Option
from gancli.registry.docstrings import Documentation

TYPES = {
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "string": "a text",
    "object": "a mapping",
    "null": "null",
}
BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}


@dataclass(frozen=True)
class OptionDescription:
    """One option of a component, for a reader."""

    name: str
    type: str  # in words, with the range
    required: bool
    default: Any  # as a recipe would write it; None if it is required
    description: str


def described(options: Mapping[str, Option], documentation: Documentation) -> tuple[OptionDescription, ...]:
    """Every option of a component, in the order of its signature."""
    return tuple(
        OptionDescription(
            name=name,
            type=type_in_words(option.annotation),
            required=option.required,
            default=None if option.required else plain(option.default),
            description=documentation.options.get(name, ""),
        )
        for name, option in options.items()
    )


def plain(value: Any) -> Any:
    """A value as JSON can hold it: a path, say, as its text."""
    return json.loads(json.dumps(value, default=str))


def written(value: Any) -> str:
    """A value as a recipe writes it, in one line: ``[color, cutout]``."""
    line = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000_000)
    return line.removesuffix("\n").removesuffix("\n...")


def type_in_words(annotation: Any) -> str:
    """An annotation in words: ``a number, at least 0``, ``batch, spectral or none``."""
    try:
        schema = TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True)).json_schema()
    except (PydanticUserError, PydanticSchemaGenerationError):  # a class that no recipe can write
        return getattr(annotation, "__name__", str(annotation))
    return schema_in_words(schema)


def schema_in_words(schema: Mapping[str, Any]) -> str:
    """The values that a JSON Schema takes, in words."""
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return either([schema_in_words(choice) for choice in choices])
    if choices := schema.get("enum"):
        return either([_shown(choice) for choice in choices])
    if "const" in schema:
        return _shown(schema["const"])
    kind = schema.get("type", "")
    if kind == "array":
        return _list(schema)
    if kind == "string" and schema.get("format", "").endswith("path"):
        return "a path"
    return f"{TYPES.get(kind, 'any value')}{_bounds(schema)}"


def _bounds(schema: Mapping[str, Any]) -> str:
    """``, 0 or more``, `` from 1 to 1,024``, `` above 0 and up to 1``; empty if there are none."""
    bounds = {key: _number(schema[key]) for key in BOUNDS if key in schema}
    multiple = f", a multiple of {_number(schema['multipleOf'])}" if "multipleOf" in schema else ""
    match bounds:
        case {"minimum": low, "maximum": high}:
            words = f" from {low} to {high}"
        case {"minimum": low, "exclusiveMaximum": high}:
            words = f" from {low} to below {high}"
        case {"minimum": low}:
            words = f", {low} or more"
        case _:
            words = " and".join(f" {BOUNDS[key]} {number}" for key, number in bounds.items())
    return words + multiple


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _list(schema: Mapping[str, Any]) -> str:
    if parts := schema.get("prefixItems"):
        kinds = list(dict.fromkeys(map(schema_in_words, parts)))
        each = f"each {kinds[0]}" if len(kinds) == 1 else "; ".join(kinds)
        return f"a list of {len(parts)}: {each}"
    return f"a list, each {schema_in_words(schema['items'])}" if schema.get("items") else "a list"


def either(choices: Sequence[str]) -> str:
    """``a, b or c``."""
    known = list(dict.fromkeys(choices))
    return " or ".join(filter(None, [", ".join(known[:-1]), known[-1]]))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
