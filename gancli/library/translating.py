"""How a trained generator translates pictures."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.sampling.directions import has_both_directions, in_direction
from gancli.sampling.options import sampling_options
from gancli.sampling.preparation import Preparation
from gancli.sampling.translate import Translator


def picture_options(recipe: Recipe) -> dict[str, Any]:
    """The options by which the pictures of a training are read; a dataset that is made of another has that one's."""
    written = recipe.dataset.options
    return {**written, **(written.get("of") or {})}


def translator(
    gan: GAN,
    network: nn.Module,
    recipe: Recipe,
    direction: str | None,
    options: Mapping[str, Any],
    *,
    keep_size: bool,
    **settings: Any,
) -> tuple[Preparation, Translator]:
    """What prepares a picture, and what translates it then.

    Args:
        direction: ``AtoB`` or ``BtoA``; None: as it was trained.
        options: of the model's sampler, unchecked.
        settings: as ``Translator`` takes them.

    Raises UsageError for what the model cannot do.
    """
    checked = sampling_options(gan, options)
    asked = checked.pop("direction", direction)
    data = in_direction(gan, asked, str(recipe.dataset.options.get("direction", "AtoB")))
    if asked is not None and has_both_directions(gan):
        checked["direction"] = asked
    assert data.source is not None
    read, bits = picture_options(recipe), data.source.bits[0]
    prepare = Preparation.of(data.source.shape, read, keep_size=keep_size, bits=bits)
    return prepare, Translator(gan, network, data, options=checked, keep_size=keep_size, **settings)
