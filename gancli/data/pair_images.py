"""Pictures of A and of B by index, both of a pair at once."""

from typing import Protocol, Self

import torch
from torch import Tensor

from gancli.data.frames import Halves
from gancli.data.images import Images


class PairImages(Protocol):
    """Pairs by index: pixels of A and of B, uint8, of shape (N, C, H, W)."""

    @property
    def device(self) -> torch.device: ...
    def __len__(self) -> int: ...
    def __getitem__(self, indices: Tensor, /) -> tuple[Tensor, Tensor]: ...
    def to(self, device: torch.device, /) -> Self: ...


class Matched:
    """Two sets of images in the same order.

    Args:
        first, second: of shape (N, C, H, W), uint8.
    """

    def __init__(self, first: Tensor | Images, second: Tensor | Images) -> None:
        self.first, self.second = first, second

    @property
    def device(self) -> torch.device:
        return self.first.device

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, indices: Tensor, /) -> tuple[Tensor, Tensor]:
        return self.first[indices], self.second[indices]

    def to(self, device: torch.device, /) -> Self:
        return type(self)(self.first.to(device), self.second.to(device))


class SideBySide:
    """Images that hold both pictures of a pair.

    Args:
        images: as ``halves`` makes them, of shape (N, D), uint8.
    """

    def __init__(self, images: Tensor | Images, halves: Halves) -> None:
        self.images, self.halves = images, halves

    @property
    def device(self) -> torch.device:
        return self.images.device

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, indices: Tensor, /) -> tuple[Tensor, Tensor]:
        return self.halves.split(self.images[indices])

    def to(self, device: torch.device, /) -> Self:
        return type(self)(self.images.to(device), self.halves)
