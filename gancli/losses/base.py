"""The contract of an adversarial loss: the discriminator's logits to one number for each player to minimise."""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor

Losses = dict[str, Tensor]  # named, already weighted scalars; their sum is what one player minimises


class AdversarialLoss(ABC):
    """The term that each player minimises, computed from the discriminator's logits, which are not probabilities.

    They are of shape (N,), (N, K) or, one for every patch of an image, (N, 1, h, w): a loss is computed
    elementwise and averaged. One with state is an ``nn.Module`` too, so that its buffers are in the checkpoint.

    Attributes:
        needs_real_logits: whether the generator's step also scores the real batch.
        mixes_batch: whether it looks across the minibatch, as a mean inside of another function does. It then plays
            another game in each of several shares of a minibatch, and a note says so.
    """

    needs_real_logits: ClassVar[bool] = False
    mixes_batch: ClassVar[bool] = False

    @abstractmethod
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's loss, a scalar."""

    @abstractmethod
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """The generator's loss, a scalar; ``real_logits`` is None unless ``needs_real_logits``."""
