"""How a trained generator translates pictures."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from gancli.errors import UsageError
from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.sampling.directions import has_both_directions, in_direction, of_sampler, trained_direction
from gancli.sampling.options import sampling_options
from gancli.sampling.preparation import Preparation, reading
from gancli.sampling.translate import Translator


def translator(
    gan: GAN,
    network: nn.Module,
    recipe: Recipe,
    direction: str | None,
    options: Mapping[str, Any],
    *,
    keep_size: bool,
    noise: int | None,
    seed: int,
) -> tuple[Preparation, Translator]:
    """What prepares a picture, and what translates it then.

    Args:
        direction: ``AtoB`` or ``BtoA``; None: as it was trained.
        options: of the model's sampler, unchecked.
        keep_size: as ``Translator`` takes it, and so are ``noise`` and ``seed``.

    Raises UsageError for what the model cannot do.
    """
    checked = sampling_options(gan, options)
    asked = checked.pop("direction", direction)
    if direction not in (asked, None):
        raise UsageError(f"direction: found {direction} and {asked}; give one of them")
    data = in_direction(gan, asked, trained_direction(recipe))
    if asked is not None and has_both_directions(gan):
        checked |= of_sampler({"direction": asked}, recipe)
    assert data.source is not None
    options_of_reading, bits = reading(recipe.dataset.options), data.source.bits[0]
    prepare = Preparation.of(data.source.shape, options_of_reading, keep_size=keep_size, bits=bits)
    return prepare, Translator(gan, network, data, options=checked, keep_size=keep_size, noise=noise, seed=seed)
