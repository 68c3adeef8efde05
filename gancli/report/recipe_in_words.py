"""A resolved recipe in words: its components, what each player minimises, the steps; read without torch.

A component is described by its source file, which is not imported. That of a package that is not here has no words.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gancli import registry
from gancli.errors import GanError
from gancli.explanation.options import written
from gancli.explanation.procedure import procedure, settings
from gancli.recipe import Recipe
from gancli.recipe.components import TERMS
from gancli.registry import source_files
from gancli.registry.docstrings import Documentation, of_texts


@dataclass(frozen=True)
class PartInWords:
    """One component of a recipe."""

    kind: str
    name: str
    options: str  # as a recipe writes them, in one line; empty without any
    documentation: Documentation


@dataclass(frozen=True)
class RecipeInWords:
    """What a recipe trains, for a reader."""

    parts: tuple[PartInWords, ...]
    procedure: tuple[str, ...]
    settings: dict[str, str]
    is_conditional: bool  # whether its generator takes a class


def in_words(values: Mapping[str, Any], *, translates: bool) -> RecipeInWords | None:
    """A resolved recipe in words; None for values that are not one.

    Args:
        translates: whether its generator takes images.
    """
    try:
        recipe = Recipe.model_validate_json(json.dumps(values))
        parts = tuple(PartInWords(*part) for part in _parts(recipe))
        steps, settled = procedure(recipe, translates=translates), settings(recipe, translates=translates)
    except (ValueError, TypeError):  # of another version, or not a recipe; pydantic's error is a ValueError
        return None
    return RecipeInWords(parts, tuple(steps), settled, _is_conditional(recipe.model.name))


def _parts(recipe: Recipe) -> Iterator[tuple[str, str, str, Documentation]]:
    terms = [(kind, term) for section, kind in TERMS.items() for term in getattr(recipe, section)]
    named = [(kind, getattr(recipe, kind)) for kind in ("dataset", "model", "architecture", "loss")]
    changed = [("augmentation", recipe.augmentation)] * (recipe.augmentation.name != "none")
    for kind, component in [*named, *terms, *changed]:
        options = {key: value for key, value in component.options.items() if value is not None}
        every = {"every": component.every} if getattr(component, "every", 1) > 1 else {}
        yield (
            kind,
            component.name,
            written(options | every) if options or every else "",
            documented(kind, component.name),
        )


def _is_conditional(model: str) -> bool:
    with suppress(LookupError, GanError):
        return bool(source_files.attribute(registry.find("model", model).entry_point.value, "conditional"))
    return False


def documented(kind: str, name: str) -> Documentation:
    """What the source of a component says; nothing if it is not here, or if two packages claim its name."""
    with suppress(LookupError, GanError):
        return of_texts(*source_files.docstrings(registry.find(kind, name).entry_point.value))
    return Documentation()
