"""The reference of a recipe as Markdown, made from its JSON Schema: keys, and options of built-in components."""

from collections.abc import Iterator, Mapping
from typing import Any

from gancli.explanation.options import schema_in_words, written
from gancli.json_schema.types import Schema
from gancli.recipe.components import LISTED, SECTIONS

HEADER = ["| key | value | default | what it is |", "|---|---|---|---|"]
OURS = "gancli/"


def reference(schema: Schema) -> str:
    """The reference, from the heading of its first part on."""
    definitions = schema["$defs"]
    lines = ["### The recipe", "", *_table(schema["properties"], schema["required"])]
    for key in ("latent", "train"):
        lines += ["", f"### `{key}`", "", *_table(schema["properties"][key]["properties"], ())]
    lines += ["", "### A ramp", "", definitions["ramp"]["description"], ""]
    lines += _table(definitions["ramp"]["properties"], definitions["ramp"]["required"])
    for section in (*SECTIONS, *LISTED):
        lines += ["", f"### `{section}`"]
        for component in _built_in(definitions, LISTED.get(section, section)):
            lines += ["", *_component(component)]
    return "\n".join(lines) + "\n"


def _built_in(definitions: Mapping[str, Schema], kind: str) -> Iterator[Schema]:
    """Those of our own package; plugins are there or not."""
    for key, component in definitions.items():
        names = component.get("properties", {}).get("name", {}).get("enum", ())
        if key.startswith(f"{kind}.") and any(name.startswith(OURS) for name in names):
            yield component


def _component(component: Schema) -> list[str]:
    options = {key: option for key, option in component["properties"].items() if key != "name"}
    heading = f"**`{component['properties']['name']['enum'][0]}`**: {component['description']}"
    return [heading, *(["", *_table(options, component["required"])] if options else [])]


def _table(options: Mapping[str, Any], required: Any) -> list[str]:
    return HEADER + [_row(key, option, key in required) for key, option in options.items()]


def _row(key: str, option: Schema, required: bool) -> str:
    default = "required" if required else f"`{written(option.get('default'))}`"
    cells = (f"`{key}`", _value(option), default, option.get("description", ""))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _value(option: Schema) -> str:
    if "$ref" in option or any("$ref" in choice for choice in option.get("anyOf", ())):
        return "a component" if "anyOf" not in option else "a dataset"
    if option.get("properties"):
        return "a mapping, see below"
    if "$ref" in option.get("items", {}):
        return "a list of components"
    return schema_in_words(option)
