"""The test that losses and gradients are finite: no optimizer takes a step that is not."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.optim import Optimizer

from gancli.errors import DivergedError
from gancli.losses import Losses


class FiniteCheck:
    """The test before every step of an optimizer.

    By default a step that is not finite raises DivergedError. A deferred test does not wait for the device, which is
    far behind: after the first step that is not finite, optimizers with a fused kernel leave their weights and their
    state as they are, and ``raise_first`` raises the error. An optimizer without such a kernel is waited for.

    ``step`` is the number of the step that is being made; None if it is not known.
    """

    def __init__(self, *, deferred: bool = False) -> None:
        self.step: int | None = None
        self._deferred = deferred
        self._tested: list[Tested] = []  # since the device was last waited for
        # Numbers on the device, changed in place, so that a step that was recorded as a graph changes them too.
        self._broken: Tensor | None = None  # 1.0 after the first step that was not finite, 0.0 before
        self._finite: Tensor | None = None  # how many of those that were tested came before it

    def __call__(self, optimizer: Optimizer, losses: Losses, parameters: list[Tensor]) -> None:
        """Test the losses of a player, and the gradients that its parameters have."""
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        values = torch.stack([*(torch._foreach_norm(gradients) if gradients else ()), *losses.values()]).detach()
        if self._deferred:
            values = self._watched(values)
        self._tested.append(Tested(self.step, tuple(losses), values))
        if self._deferred and can_skip_a_step(optimizer):
            optimizer.found_inf = self._broken  # type: ignore[attr-defined]  # the fused kernels read it
        else:
            self.raise_first()

    def _watched(self, values: Tensor) -> Tensor:
        """The values, which stay as they are once a step was not finite: a graph writes into the same ones again."""
        if self._broken is None or self._finite is None:
            self._broken, self._finite = values.new_zeros(()), values.new_zeros((), dtype=torch.long)
        kept = torch.empty_like(values)
        torch.where(self._broken > 0, kept, values, out=kept)
        # One number that is finite only if all are; a step before this one may have been the first.
        self._broken.logical_or_(~values.sum().isfinite())
        self._finite.add_(self._broken == 0)
        return kept

    def raise_first(self) -> None:
        """Raise DivergedError for the first step that was not finite, if there was one; this waits for the device."""
        tested, self._tested = self._tested, []
        if not tested:
            return
        if self._finite is not None:
            first = int(self._finite)
            self._finite.zero_()
            tested = tested[first : first + 1]
        for test in tested:
            test.raise_if_broken()

    @contextmanager
    def recording(self) -> Iterator[list["Tested"]]:
        """Inside, steps are recorded as a graph and not made; gives their tests, for ``repeat``."""
        tested, self._tested = self._tested, []
        try:
            yield self._tested
        finally:
            self._tested = tested

    def repeat(self, recorded: Sequence["Tested"]) -> None:
        """Count tests that a graph has just made again."""
        self._tested += [test._replace(step=self.step) for test in recorded]


def can_skip_a_step(optimizer: Optimizer) -> bool:
    """Whether its fused kernels leave everything as it is where a number on the device says so."""
    return bool(getattr(optimizer, "_step_supports_amp_scaling", False))


class Tested(NamedTuple):
    """A step of a player: the norms of its gradients, and then its losses, in one tensor."""

    step: int | None
    names: tuple[str, ...]
    values: Tensor

    def raise_if_broken(self) -> None:
        if math.isfinite(self.values.sum()):
            return
        losses = zip(self.names, self.values[-len(self.names) :].tolist(), strict=True)
        broken = next((f"the loss {name!r} is {value}" for name, value in losses if not math.isfinite(value)), None)
        error = DivergedError(broken or f"the gradient of {' + '.join(self.names)} is not finite")
        error.step = self.step
        raise error
