"""The R1 penalty (Mescheder et al., 2018, https://arxiv.org/abs/1801.04406, equation 9)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor

from gancli.penalties.base import Critic, Penalty, squared_gradient_norm


class R1(Penalty):
    """The discriminator is made flat at the real samples.

    Formula:
        γ/2 E[‖∇D(x)‖²]

    Effect:
        once the fakes are on the data, the discriminator stops pushing them, so the game settles and does not cycle.

    Equilibrium:
        0, where the slope of the discriminator is 0 at every real sample.

    Args:
        gamma: γ.
    """

    differentiates_real = True

    def __init__(self, *, gamma: Annotated[float, Field(ge=0)] = 1.0) -> None:
        self.gamma = gamma

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        return self.gamma / 2 * squared_gradient_norm(critic, real).mean()
