"""Learning rates as tensors on the device, from which a graph reads them anew at every replay."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim import Optimizer


class LearningRates:
    """The learning rates of some optimizers, each in a tensor that stays at its place in memory.

    Args:
        optimizers: have fused kernels, which read such a tensor.
        device: of their parameters.
    """

    def __init__(self, optimizers: Sequence[Optimizer], device: torch.device) -> None:
        self._optimizers = optimizers
        # A GPU's fused kernels read them in fp32, a CPU's with all of their digits.
        dtype = torch.float64 if device.type == "cpu" else torch.float32
        self._tensors = [torch.zeros((), dtype=dtype, device=device) for _ in self._groups]
        self._values = [0.0 for _ in self._tensors]  # that they have

    @property
    def _groups(self) -> list[dict[str, Any]]:
        return [group for optimizer in self._optimizers for group in optimizer.param_groups]

    def fill(self) -> None:
        """Give the tensors the optimizers' present learning rates."""
        present = [group["lr"] for group in self._groups]
        for tensor, before, value in zip(self._tensors, self._values, present, strict=True):
            if value != before:
                tensor.fill_(value)
        self._values = present

    @contextmanager
    def on_device(self) -> Iterator[None]:
        """Inside, the optimizers have the tensors, and may be recorded; outside, they are as any other."""
        self.fill()
        groups = self._groups
        before = [group.copy() for group in groups]
        for group, tensor in zip(groups, self._tensors, strict=True):
            group |= {"lr": tensor} | ({"capturable": True} if "capturable" in group else {})
        try:
            yield
        finally:
            for group, values in zip(groups, before, strict=True):
                group |= values
