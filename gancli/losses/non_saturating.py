"""The non-saturating loss (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661, section 3)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor
from torch.nn.functional import logsigmoid

from gancli.losses.base import AdversarialLoss
from gancli.losses.minimax import cross_entropy


class NonSaturating(AdversarialLoss):
    """D as in the minimax game; G maximises E[log D(G(z))], whose gradient is strong where D is sure of a fake."""

    def __init__(self, *, label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return cross_entropy(real_logits, fake_logits, self.label_smoothing)

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -logsigmoid(fake_logits).mean()
