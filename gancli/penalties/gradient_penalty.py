"""WGAN-GP's gradient penalty (Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028, equation 3)."""

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from gancli.penalties.base import Critic, Penalty, squared_gradient_norm


class GradientPenalty(Penalty):
    """The slope of the critic is held near 1 between real samples and fakes.

    Formula:
        λ E[(‖∇D(x̂)‖ − 1)²], with x̂ at a random place between a real sample and a fake one

    Effect:
        the critic is almost 1-Lipschitz, which makes minus the Wasserstein loss a distance.

    Equilibrium:
        0, where the slope is 1 at every point between a real sample and a fake one.

    Args:
        weight: λ.
    """

    def __init__(self, *, weight: Annotated[float, Field(ge=0)] = 10.0) -> None:
        self.weight = weight

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        epsilon = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)  # one a sample, not one a pixel
        x_hat = epsilon * real + (1 - epsilon) * fake
        # The square root has an infinite slope at 0, which a zero gradient would turn into NaN.
        norm = (squared_gradient_norm(critic, x_hat) + 1e-12).sqrt()
        return self.weight * (norm - 1).square().mean()
