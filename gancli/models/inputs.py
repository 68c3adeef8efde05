"""The inputs of a generator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class Inputs:
    """All that a generator is called with: noise, a condition, images to translate.

    Attributes:
        z: noise of shape (N, latent_dim).
        y: class indices of shape (N,), or class weights of shape (N, num_classes); None without classes.
        x: images to translate, of shape (N, *source.shape); None for a model that draws from noise.
        w: in place of the noise, what a model has mapped it to, of shape (N, *any); None for other models.
    """

    z: Tensor | None = None
    y: Tensor | None = None
    x: Tensor | None = None
    w: Tensor | None = None

    def __len__(self) -> int:
        return max(len(tensor) for tensor in self._all if tensor is not None)

    def __getitem__(self, rows: slice | Tensor) -> Self:
        return self._each(lambda tensor: tensor[rows])

    def to(self, device: torch.device) -> Self:
        """The same inputs on a device."""
        return self._each(lambda tensor: tensor.to(device))

    @property
    def _all(self) -> tuple[Tensor | None, ...]:
        return self.z, self.y, self.x, self.w

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        return type(self)(*(None if tensor is None else change(tensor) for tensor in self._all))
