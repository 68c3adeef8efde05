"""Algorithm 1 of Goodfellow et al. (2014, https://arxiv.org/abs/1406.2661), and nothing else."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from gancli.errors import DivergedError
from gancli.losses import Losses


class Game(Protocol):
    """A model, as the loop sees it."""

    def discriminator_losses(self, batch: Any) -> Losses: ...
    def generator_losses(self, batch: Any) -> Losses: ...


Gather = Callable[[Sequence[Tensor], Losses], Losses]


def alone(parameters: Sequence[Tensor], losses: Losses) -> Losses:
    """Gathers what one process computes at once: nothing is added to its gradients and losses."""
    return losses


def train(
    gan: Game,
    batches: Iterator[Any],
    discriminator_optimizer: Optimizer,
    generator_optimizer: Optimizer,
    *,
    k: int = 1,
    gather: Gather = alone,
    precision: AbstractContextManager[object] = nullcontext(),  # noqa: B008 - it has no state
) -> Iterator[Losses]:
    """Algorithm 1: k discriminator steps, each on a fresh minibatch, then one generator step.

    Yields the losses of every iteration, detached and still on their device: the discriminator's of the last of its k
    steps, and the generator's. Raises DivergedError before an optimizer would take a step that is not finite.

    Args:
        gather: adds the rest of the minibatch, which other processes compute, to the gradients, and to the losses that
            it returns.
        precision: a context in which the losses are computed, such as ``torch.autocast``; it is entered many times.
    """
    while True:
        for _ in range(k):
            batch = next(batches)
            with precision:
                losses = gan.discriminator_losses(batch)
            discriminator_losses = descend(discriminator_optimizer, losses, gather)
        with precision:
            losses = gan.generator_losses(batch)
        generator_losses = descend(generator_optimizer, losses, gather)
        yield discriminator_losses | generator_losses


def descend(optimizer: Optimizer, losses: Losses, gather: Gather = alone) -> Losses:
    """One step of one player down the sum of its losses; the other player's weights and gradients do not move."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    optimizer.zero_grad()
    # Gradients to this player's parameters alone: no time goes into those that nobody uses.
    torch.stack(tuple(losses.values())).sum().backward(inputs=parameters)
    losses = gather(parameters, losses)
    _check_finite(losses, parameters)
    optimizer.step()
    return {name: loss.detach() for name, loss in losses.items()}


def _check_finite(losses: Losses, parameters: list[Tensor]) -> None:
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    # One number that is finite only if all are, so that there is one wait for a GPU and not one a loss.
    if torch.stack([get_total_norm(gradients), *losses.values()]).sum().isfinite():
        return
    for name, loss in losses.items():
        if not loss.isfinite():
            raise DivergedError(f"the loss {name!r} is {loss.item()}")
    raise DivergedError(f"the gradient of {' + '.join(losses)} is not finite")
