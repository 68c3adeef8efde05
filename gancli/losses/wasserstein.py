"""The Wasserstein loss (Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875, equation 2)."""

from torch import Tensor

from gancli.losses.base import AdversarialLoss


class Wasserstein(AdversarialLoss):
    """The critic scores real samples above fakes, and its lead estimates how far apart they are.

    Only a Lipschitz critic makes this a distance: use it with the penalty ``gradient-penalty``, or with spectral
    normalisation. No label smoothing: there is no target probability.

    Formula:
        discriminator: E[D(G(z))] − E[D(x)]
        generator: −E[D(G(z))]

    Effect:
        discriminator: pushes the scores of real samples up, those of fakes down, as far as its slope is allowed to be.
        generator: pushes the scores of fakes up, with a slope that does not vanish.

    Equilibrium:
        where fakes are distributed as the data, D's loss is 0. Before that, minus D's loss estimates the Wasserstein
        distance of the fakes to the data, up to the critic's slope, so it should shrink over the training. It has no
        lower bound, and G's loss has no level that means anything.
    """

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return fake_logits.mean() - real_logits.mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()
