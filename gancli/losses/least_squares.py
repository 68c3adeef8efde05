"""The least-squares loss (Mao et al., 2017, https://arxiv.org/abs/1611.04076, equation 9)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor

from gancli.losses.base import AdversarialLoss


class LeastSquares(AdversarialLoss):
    """The logits are fitted to 1 for real and to 0 for fake, the paper's 0-1 coding.

    Formula:
        discriminator: ½ E[(D(x) − 1)²] + ½ E[D(G(z))²]
        generator: ½ E[(D(G(z)) − 1)²]

    Effect:
        discriminator: pushes the logits of real samples to 1, those of fakes to 0; too far costs as much.
        generator: pushes the logits of fakes to 1, with a slope that grows with the distance, so it does not saturate.

    Equilibrium:
        where fakes are distributed as the data, the best D is ½ everywhere: D's loss is ¼, and G's loss is ⅛. D's
        loss is 0 where every sample has its target.

    Args:
        label_smoothing: the target of real samples is 1 minus this.
    """

    def __init__(self, *, label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return 0.5 * (real_logits - (1 - self.label_smoothing)).square().mean() + 0.5 * fake_logits.square().mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return 0.5 * (fake_logits - 1).square().mean()
