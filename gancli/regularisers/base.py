"""The contract of a regulariser of the generator."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Regulariser(nn.Module, ABC):
    """A further term of the generator's loss. What it remembers is a buffer, and so in the checkpoint."""

    every: int = 1  # set from the recipe: due at every n-th step, and then weighted by n

    @abstractmethod
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        """The weighted term, a scalar.

        Args:
            generator: the network in training.
            z: fresh noise of shape (N, latent_dim).
            y: classes of shape (N,); None for a model without.
        """
