"""DRAGAN's gradient penalty (Kodali et al., 2017, https://arxiv.org/abs/1705.07215, equation 4)."""

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from gancli.penalties.base import Critic, Penalty, squared_gradient_norm


class DRAGAN(Penalty):
    """The slope of the discriminator is held near 1 around the real samples.

    Formula:
        λ E[(‖∇D(x + δ)‖ − 1)²], with δ from N(0, c²) at every pixel

    Effect:
        the discriminator cannot be steep near the data, where, by the paper, mode collapse begins.

    Equilibrium:
        0, where the slope is 1 at every point around the data.

    Args:
        weight: λ.
        noise: c, in units of the real batch's standard deviation, as in the authors' code.
    """

    mixes_batch = True  # by its standard deviation

    def __init__(
        self, *, weight: Annotated[float, Field(ge=0)] = 10.0, noise: Annotated[float, Field(ge=0)] = 0.5
    ) -> None:
        self.weight, self.noise = weight, noise

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        spread = real.std(correction=0)  # one number for the whole batch; 0, and not NaN, for a single one
        around = real + self.noise * spread * torch.randn_like(real)
        # The square root has an infinite slope at 0, which a zero gradient would turn into NaN.
        norm = (squared_gradient_norm(critic, around) + 1e-12).sqrt()
        return self.weight * (norm - 1).square().mean()
