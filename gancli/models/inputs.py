"""The inputs of a generator."""

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
    """

    z: Tensor | None = None
    y: Tensor | None = None
    x: Tensor | None = None

    def __len__(self) -> int:
        return max(len(tensor) for tensor in (self.z, self.y, self.x) if tensor is not None)

    def __getitem__(self, rows: slice | Tensor) -> Self:
        return type(self)(*(tensor if tensor is None else tensor[rows] for tensor in (self.z, self.y, self.x)))

    def to(self, device: torch.device) -> Self:
        """The same inputs on a device."""
        return type(self)(*(tensor if tensor is None else tensor.to(device) for tensor in (self.z, self.y, self.x)))
