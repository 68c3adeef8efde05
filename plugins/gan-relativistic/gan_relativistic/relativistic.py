"""The relativistic pairing loss (Jolicoeur-Martineau, 2018, https://arxiv.org/abs/1807.00734).

With R1 and R2 it is the loss of R3GAN (Huang et al., 2024, https://arxiv.org/abs/2501.05441, section 2).
"""

from torch import Tensor
from torch.nn.functional import softplus

from gancli import AdversarialLoss


class Relativistic(AdversarialLoss):
    """E[f(D(G(z)) − D(x))] for D and E[f(D(x) − D(G(z)))] for G, with f = softplus: every fake against one real sample.

    Only differences count, so D has no level of its own, and G cannot win by passing one threshold with all samples.
    """

    needs_real_logits = True

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(fake_logits - real_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        assert real_logits is not None, "needs_real_logits asks for them"
        return softplus(real_logits - fake_logits).mean()
