"""The two directions of a translation."""

from collections.abc import Mapping
from typing import Any, Literal

from gancli import registry
from gancli.data import DataSpec
from gancli.errors import UsageError
from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.sampling.options import NOT_OPTIONS

Direction = Literal["AtoB", "BtoA"]


def has_both_directions(gan: GAN) -> bool:
    """Whether a model translates targets into sources too: its sampler takes a ``direction``."""
    return "direction" in registry.options(gan.sampler, NOT_OPTIONS)


def trained_direction(recipe: Recipe) -> str:
    """AtoB, or what the recipe's dataset says: the direction from the source images to the targets."""
    return str(recipe.dataset.options.get("direction", "AtoB"))


def of_sampler(options: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """Sampling options as the sampler means them: its A is the source images, and that of a user is the dataset's A."""
    if "direction" not in options:
        return dict(options)
    is_trained = options["direction"] == trained_direction(recipe)
    return {**options, "direction": "AtoB" if is_trained else "BtoA"}


def in_direction(gan: GAN, asked: str | None, trained: str) -> DataSpec:
    """The facts about a model's data, as they are in one direction.

    Args:
        asked: AtoB or BtoA; None: from source images to targets.
        trained: the direction from source images to targets.

    Raises UsageError for a direction that the model was not trained in.
    """
    if asked not in ("AtoB", "BtoA", None):
        raise UsageError(f"direction: found {asked!r}, expected AtoB or BtoA")
    if has_both_directions(gan):
        return gan.data if asked in (trained, None) else gan.data.reversed()
    if asked not in (trained, None):
        raise UsageError(
            f"direction: found {asked}; this model was trained in one direction, {trained}. For the other one, train "
            f"again with dataset.direction={asked}"
        )
    return gan.data
