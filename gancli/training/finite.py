"""The test that losses and gradients are finite: no optimizer takes a step that is not."""

import math
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
        self._tested: list[_Tested] = []  # since the device was last waited for
        self._broken: Tensor | None = None  # 1.0 on the device after the first step that was not finite, 0.0 before

    def __call__(self, optimizer: Optimizer, losses: Losses, parameters: list[Tensor]) -> None:
        """Test the losses of a player, and the gradients that its parameters have."""
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        values = torch.stack([*(torch._foreach_norm(gradients) if gradients else ()), *losses.values()]).detach()
        self._tested.append(_Tested(self.step, tuple(losses), values))
        if self._deferred and getattr(optimizer, "_step_supports_amp_scaling", False):
            # One number that is finite only if all are; a step before this one may have been the first.
            broken = (~values.sum().isfinite()).float()
            self._broken = broken if self._broken is None else torch.maximum(self._broken, broken)
            optimizer.found_inf = self._broken  # type: ignore[attr-defined]  # the fused kernels read it
        else:
            self.raise_first()

    def raise_first(self) -> None:
        """Raise DivergedError for the first step that was not finite, if there was one; this waits for the device."""
        tested, self._tested = self._tested, []
        if tested and not torch.cat([test.values for test in tested]).sum().isfinite():
            for test in tested:
                test.raise_if_broken()


class _Tested(NamedTuple):
    """A step of a player: the norms of its gradients, and then its losses, in one tensor."""

    step: int | None
    names: tuple[str, ...]
    values: Tensor

    def raise_if_broken(self) -> None:
        if self.values.sum().isfinite():
            return
        losses = zip(self.names, self.values[-len(self.names) :].tolist(), strict=True)
        broken = next((f"the loss {name!r} is {value}" for name, value in losses if not math.isfinite(value)), None)
        error = DivergedError(broken or f"the gradient of {' + '.join(self.names)} is not finite")
        error.step = self.step
        raise error
