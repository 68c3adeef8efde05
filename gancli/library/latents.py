"""The latents that ``gan project`` finds, as a generator draws them."""

from collections.abc import Sequence
from typing import Any

import torch

from gancli.models import GAN, Inputs
from gancli.projection.latent import Latent
from gancli.sampling import draw


def inputs_of(latent: Latent) -> Inputs:
    """The inputs with which a generator draws the one image of a latent."""
    y = None if latent.label is None else torch.tensor([latent.label])
    z, _, w = latent.stop
    return Inputs(None if z is None else z[None], y, w=None if w is None else w[None])


def stop(gan: GAN, seed: int | str | Latent, label: int | None) -> draw.Stop:
    """The stop of a walk at a noise with a class, or at a latent, which has its own."""
    return seed.stop if isinstance(seed, Latent) else draw.Stop(draw.noise(gan.latent, seed), label)


def shared_options(latents: Sequence[Latent]) -> dict[str, Any]:
    """The sampling options that all of them have."""
    first, *others = [latent.options for latent in latents] or [{}]
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
