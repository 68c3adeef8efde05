"""The two directions of a translation."""

from typing import Literal

from gancli import registry
from gancli.data import DataSpec
from gancli.errors import UsageError
from gancli.models import GAN
from gancli.sampling.options import NOT_OPTIONS

Direction = Literal["AtoB", "BtoA"]


def has_both_directions(gan: GAN) -> bool:
    """Whether a model translates targets into sources too: its sampler takes a ``direction``."""
    return "direction" in registry.options(gan.sampler, NOT_OPTIONS)


def in_direction(gan: GAN, asked: str | None, trained: str) -> DataSpec:
    """The facts about a model's data, as they are in one direction.

    Args:
        asked: AtoB or BtoA; None: from source images to targets.
        trained: the direction of a model that has one.

    Raises UsageError for a direction that the model was not trained in.
    """
    if asked not in ("AtoB", "BtoA", None):
        raise UsageError(f"direction: found {asked!r}, expected AtoB or BtoA")
    if has_both_directions(gan):
        return gan.data.reversed() if asked == "BtoA" else gan.data
    if asked not in (trained, None):
        raise UsageError(
            f"direction: found {asked}; this model was trained in one direction, {trained}. For the other one, train "
            f"again with dataset.direction={asked}"
        )
    return gan.data
