"""The R2 penalty (Mescheder et al., 2018, https://arxiv.org/abs/1801.04406, equation 10)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor

from gancli.penalties.base import Critic, Penalty, squared_gradient_norm


class R2(Penalty):
    """γ/2 E[‖∇D(G(z))‖²] at the fake samples."""

    def __init__(self, *, gamma: Annotated[float, Field(ge=0)] = 1.0) -> None:
        self.gamma = gamma

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        return self.gamma / 2 * squared_gradient_norm(critic, fake).mean()
