"""The relativistic pairing loss (Jolicoeur-Martineau, 2018, https://arxiv.org/abs/1807.00734).

With R1 and R2 it is the loss of R3GAN (Huang et al., 2024, https://arxiv.org/abs/2501.05441, section 2).
"""

from torch import Tensor
from torch.nn.functional import softplus

from gancli import AdversarialLoss


class Relativistic(AdversarialLoss):
    """Every fake is compared with one real sample.

    Only differences count, so D has no level of its own, and G cannot win by passing one threshold with all samples.

    Formula:
        discriminator: E[log(1 + exp(D(G(z)) − D(x)))]
        generator: E[log(1 + exp(D(x) − D(G(z))))]

    Effect:
        discriminator: pushes the logit of a real sample above that of its fake.
        generator: pushes the logit of a fake above that of its real sample.

    Equilibrium:
        where fakes are distributed as the data, the best D is constant: both losses are ln 2 ≈ 0.693. D's loss is near
        0 where every real sample is far above its fake.
    """

    needs_real_logits = True

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(fake_logits - real_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        assert real_logits is not None, "needs_real_logits asks for them"
        return softplus(real_logits - fake_logits).mean()
