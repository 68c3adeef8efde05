"""The schema of the optimizer: a component whose numbers may change over the steps, and what differs for a player."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gancli.json_schema.components import Component, has_name, named
from gancli.json_schema.types import Schema, of_annotation, reference, when
from gancli.recipe.schema import PLAYERS, Optimizer, Ramp
from gancli.registry.docstrings import documentation

RAMP = "ramp"


def definitions(known: Sequence[Component]) -> dict[str, Schema]:
    """The definitions of the optimizer, of each player's block, and of a ramp."""
    ramped = [replace(component, options=_with_ramps(component.options)) for component in known]
    found = named("optimizer", ramped)
    for component in ramped:
        block = found[component.key]
        found[f"player.{component.key}"] = _of_player(block)
        block["properties"] |= {player: _player(player, component, ramped) for player in PLAYERS}
    return found | {RAMP: _ramp()}


def _with_ramps(options: dict[str, Schema]) -> dict[str, Schema]:
    return {name: _or_ramp(schema) if _takes_numbers(schema) else schema for name, schema in options.items()}


def _takes_numbers(schema: Any) -> bool:
    kinds = schema.get("type"), *(choice.get("type") for choice in schema.get("anyOf", ()))
    return "number" in kinds or "integer" in kinds or not {"type", "anyOf", "enum", "const"} & set(schema)


def _or_ramp(schema: Schema) -> Schema:
    """Either a value, or a ramp whose first value is one."""
    about = {key: schema[key] for key in ("description", "default") if key in schema}
    value = {key: part for key, part in schema.items() if key not in about}
    ramp = {"allOf": [reference(RAMP), {"properties": {"from": value}}]}
    return when({"type": "object"}, ramp, value) | about


def _ramp() -> Schema:
    schema = of_annotation(Ramp)
    described = documentation(Ramp)
    for name, text in described.options.items():
        schema["properties"][name]["description"] = text
    above = {"exclusiveMinimum": 0}
    exponential = when(
        {"properties": {"shape": {"const": "exponential"}}, "required": ["shape"]},
        {"properties": {"from": above, "to": above}},
    )
    return schema | {"description": described.summary} | exponential


def _of_player(block: Schema) -> Schema:
    """The mapping of a player, whose name is that of both players if it has none."""
    return block | {
        "properties": dict(block["properties"]),
        "required": [key for key in block["required"] if key != "name"],
    }


def _player(player: str, shared: Component, known: Sequence[Component]) -> Schema:
    names = {"anyOf": [component.by_name for component in known]}
    of_name = [when(has_name(component), reference(f"player.{component.key}")) for component in known]
    of_shared = when({"required": ["name"]}, {}, reference(f"player.{shared.key}"))
    return {
        "type": "object",
        "description": documentation(Optimizer).options[player],
        "default": {},
        "properties": {"name": names},
        "allOf": [*of_name, of_shared],
    }
