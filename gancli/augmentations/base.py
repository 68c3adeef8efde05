"""The contract of an augmentation."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Augmentation(nn.Module, ABC):
    """What real and fake samples alike go through on their way into the discriminator, in both players' steps.

    It is differentiable. What it remembers is a buffer, and so in the checkpoint.
    """

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """The augmented samples, of the same shape (N, C, H, W)."""

    def observe(self, real_logits: Tensor) -> None:
        """Adapt to the logits of the real samples; called once a step of the discriminator."""
