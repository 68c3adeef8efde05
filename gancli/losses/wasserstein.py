"""The Wasserstein loss (Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875, equation 2)."""

from torch import Tensor

from gancli.losses.base import AdversarialLoss


class Wasserstein(AdversarialLoss):
    """E[D(G(z))] − E[D(x)] for the critic D, −E[D(G(z))] for G.

    Only a Lipschitz critic makes this a distance: use it with the penalty ``gradient-penalty``, or with spectral
    normalisation. No label smoothing: there is no target probability.
    """

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return fake_logits.mean() - real_logits.mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()
