"""The contract of a regulariser: a further term of the generator's loss."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Regulariser(nn.Module, ABC):
    """A term of the generator's loss that needs no discriminator; whatever it remembers is a buffer."""

    every: int = 1  # iterations from one step with this term to the next; a recipe's ``every`` sets it

    @abstractmethod
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        """The weighted term, a scalar.

        Args:
            generator: G(z), or G(z, y) if there are classes.
            z: fresh noise of shape (N, latent_dim).
            y: class indices of shape (N,), or None for a generator without classes.
        """
