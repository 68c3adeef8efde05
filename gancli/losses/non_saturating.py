"""The non-saturating loss (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661, section 3)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor
from torch.nn.functional import logsigmoid

from gancli.losses.base import AdversarialLoss
from gancli.losses.minimax import cross_entropy


class NonSaturating(AdversarialLoss):
    """D as in the minimax game; G makes its fakes as probably real as it can.

    The paper writes D(x) for the probability that x is real; here D(x) is its logit, and σ(D(x)) the probability.

    Formula:
        discriminator: −E[log σ(D(x))] − E[log(1 − σ(D(G(z))))]
        generator: −E[log σ(D(G(z)))]

    Effect:
        discriminator: pushes the probability of real samples to 1, that of fakes to 0.
        generator: pushes the probability of fakes to 1; the surer D is of a fake, the stronger the push.

    Equilibrium:
        where fakes are distributed as the data, and without label smoothing, the best D says ½ everywhere: D's loss
        is ln 4 ≈ 1.386, and G's loss is ln 2 ≈ 0.693. A discriminator that is always right has a loss near 0, and G's
        loss is then large.

    Args:
        label_smoothing: the target of real samples is 1 minus this.
    """

    def __init__(self, *, label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return cross_entropy(real_logits, fake_logits, self.label_smoothing)

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -logsigmoid(fake_logits).mean()
