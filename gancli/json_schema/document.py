"""The whole document: the recipe's own keys, and the definitions of every installed component."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.json_schema import optimizers
from gancli.json_schema.components import components, named
from gancli.json_schema.types import Schema, inlined, reference, when
from gancli.recipe.components import LISTED, SECTIONS
from gancli.recipe.schema import Latent, Recipe, Train
from gancli.registry.docstrings import documentation

FILE_NAME = "gan-recipe.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE_NAME}"  # relative to the recipe: the file beside it
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "A recipe of gan"


@dataclass(frozen=True)
class Document:
    """The JSON Schema of a recipe.

    Attributes:
        schema: as plain values.
        broken: why components could not be imported, a sentence each; their options are left open.
    """

    schema: Schema
    broken: tuple[str, ...]


def document() -> Document:
    """The schema of a recipe as the packages that are installed here make it; imports all of them."""
    broken: list[str] = []
    definitions: dict[str, Schema] = {}
    for kind in (*SECTIONS, *LISTED.values()):
        definitions |= named(kind, components(kind, broken))
    definitions |= optimizers.definitions(components("optimizer", broken))
    whole = Recipe.model_json_schema(by_alias=True)
    about = documentation(Recipe)
    properties = {key: _property(key, part, whole["$defs"]) for key, part in whole["properties"].items()}
    for key, text in about.options.items():
        properties[key]["description"] = text
    schema = {
        "$schema": DIALECT,
        "title": TITLE,
        "type": "object",
        "properties": properties,
        "required": whole["required"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    return Document(schema, tuple(broken))


def is_one(path: Path) -> bool:
    """Whether a file holds such a schema, which a newer one may replace."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and held.get("title") == TITLE


def _property(key: str, part: Schema, definitions: dict[str, Any]) -> Schema:
    default = {"default": part["default"]} if "default" in part else {}
    if key in (*SECTIONS, "optimizer"):
        return reference(key) | default
    if key in LISTED:
        return {"type": "array", "items": reference(LISTED[key]), "uniqueItems": True} | default
    schema: Schema = inlined(part, definitions)
    for section, name in ((Latent, "latent"), (Train, "train")):
        if key == name:
            for option, text in documentation(section).options.items():
                schema["properties"][option]["description"] = text
    return schema | _patience() if key == "train" else schema


def _patience() -> Schema:
    """Patience counts evaluations, so there must be some."""
    one_or_more = {"minimum": 1}
    return when(
        {"properties": {"patience": one_or_more}, "required": ["patience"]},
        {"properties": {"evaluate_every": one_or_more}, "required": ["evaluate_every"]},
    )
