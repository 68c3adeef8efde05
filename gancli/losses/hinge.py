"""The hinge loss (Lim & Ye, 2017, https://arxiv.org/abs/1705.02894; Miyato et al., 2018, equation 16)."""

from torch import Tensor
from torch.nn.functional import relu

from gancli.losses.base import AdversarialLoss


class Hinge(AdversarialLoss):
    """E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))] for D, −E[D(G(z))] for G.

    No label smoothing: a hinge has margins and no target probability.
    """

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return relu(1 - real_logits).mean() + relu(1 + fake_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()
