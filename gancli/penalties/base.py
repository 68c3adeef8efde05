"""The contract of a penalty: a regulariser of the discriminator."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor

Critic = Callable[[Tensor], Tensor]  # a discriminator with its condition and its augmentation bound: images -> logits


class Penalty(ABC):
    """A further term of the discriminator's loss, computed on the batch that the loss has seen.

    One with state is an ``nn.Module`` too, so that its buffers are in the checkpoint.

    Attributes:
        every: set from the recipe: due at every n-th step, and then weighted by n.
        differentiates_real: whether it takes the gradient at the real batch itself, so that ``critic(real)`` may give
            the logits that the loss was computed from, and not compute them again.
    """

    every: int = 1
    differentiates_real: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """The weighted penalty, a scalar.

        Args:
            critic: scores samples; sample i is scored under the condition of real sample i mod N.
            real: a minibatch of the data, of shape (N, …).
            fake: as many generated samples, with no gradient to the generator.
        """


class ScoredOnce:
    """A critic that scores one batch only once: the logits of that very tensor are computed when first asked for.

    So a penalty at the real batch shares the forward pass of the loss.
    """

    def __init__(self, critic: Critic, batch: Tensor) -> None:
        self._critic, self.batch = critic, batch
        self._logits: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        if x is not self.batch:
            return self._critic(x)
        if self._logits is None:
            self._logits = self._critic(x)
        return self._logits


def squared_gradient_norm(critic: Critic, x: Tensor) -> Tensor:
    """‖∇ₓD(x)‖² of every sample, over all its pixels, of shape (N,); differentiable once more.

    D(x) is the mean of a sample's logits, if it has several: a map of patches must not weigh more than one logit.
    """
    if not (isinstance(critic, ScoredOnce) and x is critic.batch):
        x = x.detach().requires_grad_(True)
    logits = critic(x)
    (gradient,) = torch.autograd.grad(logits.reshape(len(x), -1).mean(1).sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(1)
