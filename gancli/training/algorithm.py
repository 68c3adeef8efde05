"""Algorithm 1 of Goodfellow et al. (2014, https://arxiv.org/abs/1406.2661), and nothing else."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from gancli.losses import Losses
from gancli.training.finite import FiniteCheck


class Game(Protocol):
    """A model, as the loop sees it."""

    def discriminator_losses(self, batch: Any) -> Losses: ...
    def generator_losses(self, batch: Any) -> Losses: ...


Reduce = Callable[[Sequence[Tensor], Losses], Losses]


def alone(parameters: Sequence[Tensor], losses: Losses) -> Losses:
    """Nothing is added to the gradients and losses of a minibatch that one process computes at once."""
    return losses


def train(
    gan: Game,
    batches: Iterator[Any],
    discriminator_optimizer: Optimizer,
    generator_optimizer: Optimizer,
    *,
    k: int = 1,
    reduce: Reduce = alone,
    precision: AbstractContextManager[object] = nullcontext(),  # noqa: B008 - it has no state
    check: FiniteCheck | None = None,
) -> Iterator[Losses]:
    """Algorithm 1: k discriminator steps, each on a fresh minibatch, then one generator step.

    Yields the losses of every iteration, detached and still on their device: the discriminator's of the last of its k
    steps, and the generator's. Raises DivergedError before an optimizer would take a step that is not finite.

    Args:
        reduce: adds the rest of the minibatch, which other processes compute, to the gradients, and to the losses that
            it returns.
        precision: a context in which the losses are computed, such as ``torch.autocast``; it is entered many times.
        check: the test that losses and gradients are finite; by default every step waits for its result.
    """
    while True:
        for _ in range(k):
            batch = next(batches)
            with precision:
                losses = gan.discriminator_losses(batch)
            discriminator_losses = descend(discriminator_optimizer, losses, reduce, check)
        with precision:
            losses = gan.generator_losses(batch)
        generator_losses = descend(generator_optimizer, losses, reduce, check)
        yield discriminator_losses | generator_losses


def descend(optimizer: Optimizer, losses: Losses, reduce: Reduce = alone, check: FiniteCheck | None = None) -> Losses:
    """One step of one player down the sum of its losses; the other player's weights and gradients do not move."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    optimizer.zero_grad()
    # Gradients to this player's parameters alone: no time goes into those that nobody uses.
    functools.reduce(torch.add, losses.values()).backward(inputs=parameters)
    losses = reduce(parameters, losses)
    (check or FiniteCheck())(optimizer, losses, parameters)
    optimizer.step()
    return {name: loss.detach() for name, loss in losses.items()}
