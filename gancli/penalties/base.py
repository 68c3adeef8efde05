"""The contract of a penalty: a regulariser of the discriminator."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]  # a discriminator with its condition bound: images -> logits (N,)


class Penalty(ABC):
    """A further term of the discriminator's loss, computed on the batch that the loss has seen."""

    @abstractmethod
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """The weighted penalty, a scalar.

        Args:
            critic: scores samples; sample i is scored under the condition of real sample i mod N.
            real: a minibatch of the data, of shape (N, …).
            fake: as many generated samples, with no gradient to the generator.
        """


def squared_gradient_norm(critic: Critic, x: Tensor) -> Tensor:
    """‖∇ₓD(x)‖² of every sample, over all its pixels, of shape (N,); differentiable once more."""
    x = x.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(1)
