"""Annotations as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, PydanticUserError

Schema = dict[str, Any]

_LOOSE = ConfigDict(arbitrary_types_allowed=True)
_UNKNOWN = (PydanticUserError, PydanticSchemaGenerationError, PydanticInvalidForJsonSchema)


def of_annotation(annotation: Any) -> Schema:
    """The schema of an option's values; an empty one, which anything satisfies, for a class that JSON does not know."""
    try:
        schema = TypeAdapter(
            list[annotation], config=_LOOSE
        ).json_schema()  # a list may have settings, a model has its own
    except _UNKNOWN:
        return {}
    return inlined(schema.get("items", {}), schema.get("$defs", {}))


def inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with its references replaced, so that it can be put anywhere; pydantic's titles are left out."""
    if isinstance(schema, list):
        return [inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: part for key, part in schema.items() if key != "$ref"}
        return inlined(definitions[schema["$ref"].rpartition("/")[2]] | beside, definitions)
    dropped = ("$defs", *(["title"] if isinstance(schema.get("title"), str) else []))
    return {key: inlined(part, definitions) for key, part in schema.items() if key not in dropped}


def reference(name: str) -> Schema:
    """What stands for a definition of the document."""
    return {"$ref": f"#/$defs/{name}"}


def when(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    """``if``, ``then`` and ``else``."""
    return {"if": condition, "then": then} | ({"else": otherwise} if otherwise is not None else {})
