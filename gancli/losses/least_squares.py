"""The least-squares loss (Mao et al., 2017, https://arxiv.org/abs/1611.04076, equation 9)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor

from gancli.losses.base import AdversarialLoss


class LeastSquares(AdversarialLoss):
    """½ E[(D(x) − 1)²] + ½ E[D(G(z))²] for D, ½ E[(D(G(z)) − 1)²] for G: the paper's 0-1 coding."""

    def __init__(self, *, label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return 0.5 * (real_logits - (1 - self.label_smoothing)).square().mean() + 0.5 * fake_logits.square().mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return 0.5 * (fake_logits - 1).square().mean()
