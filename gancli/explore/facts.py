"""The facts about a model that the page is built from."""

from dataclasses import replace
from typing import Any

from gancli import registry
from gancli.explore.controls import controls
from gancli.explore.drawing import most
from gancli.explore.requests import MAX_STEPS, MAX_STOPS
from gancli.explore.session import Session
from gancli.library.generator import Generator
from gancli.sampling.directions import trained_direction
from gancli.sampling.options import NOT_OPTIONS

MOST_AT_FIRST = 40  # images of the first grid
POINTS_AT_FIRST = 2500


def defaults(generator: Generator) -> dict[str, Any]:
    """The sampling options of a model with their defaults."""
    return {name: option.default for name, option in _options(generator).items()}


def facts(session: Session) -> dict[str, Any]:
    """All that the page needs to know before it asks for pictures."""
    generator = session.generator(session.start)
    is_image = len(generator.shape) == 3
    kind = "translation" if generator.translates else "images" if is_image else "points"
    return {
        "name": session.name,
        "about": repr(generator)[1:-1].partition(": ")[2],
        "kind": kind,
        "shape": generator.shape,
        "source": generator.source_shape,
        "classes": generator.class_names,
        "steps": [{"name": saved.name, "step": saved.step} for saved in session.checkpoints()],
        "start": session.start,
        "controls": controls(generator.sampler, _options(generator), session.options),
        "first": min(most(generator), _first(generator)) if not generator.translates else 0,
        "most": most(generator),
        "max_steps": MAX_STEPS,
        "max_stops": MAX_STOPS,
    }


def _options(generator: Generator) -> dict[str, registry.Option]:
    """The sampling options of a model; the default direction is that of the training, as the dataset calls it."""
    options = registry.options(generator.sampler, NOT_OPTIONS)
    if "direction" in options:
        options["direction"] = replace(options["direction"], default=trained_direction(generator.recipe))
    return options


def _first(generator: Generator) -> int:
    """Whole rows of the classes, as many as make about forty images."""
    if len(generator.shape) != 3:
        return POINTS_AT_FIRST
    classes = len(generator.class_names)
    return max(1, MOST_AT_FIRST // classes) * classes if 1 < classes <= MOST_AT_FIRST else MOST_AT_FIRST
