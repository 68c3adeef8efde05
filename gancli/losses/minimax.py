"""The minimax loss (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661, equation 1)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor
from torch.nn.functional import logsigmoid

from gancli.losses.base import AdversarialLoss


def cross_entropy(real_logits: Tensor, fake_logits: Tensor, label_smoothing: float) -> Tensor:
    """−E[log D(x)] − E[log(1 − D(G(z)))], where real images have the target 1 − ``label_smoothing``.

    One-sided: the target of fakes stays 0 (Salimans et al., 2016, https://arxiv.org/abs/1606.03498, section 3.4).
    """
    real = (1 - label_smoothing) * logsigmoid(real_logits) + label_smoothing * logsigmoid(-real_logits)
    return -real.mean() - logsigmoid(-fake_logits).mean()


class Minimax(AdversarialLoss):
    """One value, the log-likelihood of the discriminator's answers, which D maximises and G minimises.

    The paper writes D(x) for the probability that x is real; here D(x) is its logit, and σ(D(x)) the probability. It
    saturates: where D is sure of a fake, G has almost no gradient.

    Formula:
        discriminator: −E[log σ(D(x))] − E[log(1 − σ(D(G(z))))]
        generator: E[log(1 − σ(D(G(z))))]

    Effect:
        discriminator: pushes the probability of real samples to 1, that of fakes to 0.
        generator: pushes the probability of fakes up from 0; the surer D is of a fake, the weaker the push.

    Equilibrium:
        where fakes are distributed as the data, and without label smoothing, the best D says ½ everywhere: D's loss
        is ln 4 ≈ 1.386, and G's loss is −ln 2 ≈ −0.693. A discriminator that is always right has a loss near 0, and
        then G learns nothing.

    Args:
        label_smoothing: the target of real samples is 1 minus this.
    """

    def __init__(self, *, label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return cross_entropy(real_logits, fake_logits, self.label_smoothing)

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return logsigmoid(-fake_logits).mean()
