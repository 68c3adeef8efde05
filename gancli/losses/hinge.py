"""The hinge loss (Lim & Ye, 2017, https://arxiv.org/abs/1705.02894; Miyato et al., 2018, equation 16)."""

from torch import Tensor
from torch.nn.functional import relu

from gancli.losses.base import AdversarialLoss


class Hinge(AdversarialLoss):
    """The discriminator learns only from samples that are inside its margins, or on the wrong side of them.

    No label smoothing: a hinge has margins and no target probability.

    Formula:
        discriminator: E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))]
        generator: −E[D(G(z))]

    Effect:
        discriminator: pushes real samples to logits above 1, fakes to logits below −1, and none any further.
        generator: pushes the logits of fakes up, with the same slope wherever they are.

    Equilibrium:
        where fakes are distributed as the data, the best D is constant, between −1 and 1: D's loss is 2, and G's
        loss is minus that constant, about 0. D's loss is 0 where every sample is beyond its margin.
    """

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return relu(1 - real_logits).mean() + relu(1 + fake_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()
