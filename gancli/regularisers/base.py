"""The contract of a regulariser: a further term of the generator's loss."""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn


class Regulariser(nn.Module, ABC):
    """A further term of the generator's loss, which needs no discriminator.

    Its state is in buffers, and so in the checkpoint. It may raise ValueError to refuse a generator; the user
    sees the message beside the recipe's line.

    Attributes:
        needs_noise: whether it calls the generator with the noise, so that no G(x) can be its generator.
        every: set from the recipe: due at every n-th step, and then weighted by n.
    """

    needs_noise: ClassVar[bool] = False
    every: int = 1

    @abstractmethod
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        """The weighted term, a scalar.

        Args:
            generator: G(z), or G(z, y) if there are classes.
            z: fresh noise of shape (N, latent_dim).
            y: class indices of shape (N,), or None for a generator without classes.
        """
