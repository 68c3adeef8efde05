"""One domain of a set without pairs."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor

from gancli.data.jitter import Jitter


class Domain(ABC):
    """Pictures by index, and what is to be said of them; the attributes are those of a dataset.

    Args:
        shape: (C, H, W) of a picture.
        jitter: random crops and flips.
    """

    fingerprint: str
    manifest: Mapping[str, str]
    left_out: str
    notice: str
    workers: int
    bits: int = 16  # that grey pictures of 16 bits a value use

    def __init__(self, shape: tuple[int, ...], jitter: Jitter) -> None:
        self.shape, self.jitter = shape, jitter

    @abstractmethod
    def __len__(self) -> int:
        """The number of pictures."""

    @abstractmethod
    def draw(self, indices: Tensor, rng: torch.Generator) -> Tensor:
        """Pictures of shape (N, C, H, W), in [-1, 1]."""

    @abstractmethod
    def to(self, device: torch.device) -> Self:
        """Move pictures in memory to ``device``."""

    def unaugmented(self) -> Self:
        """The same pictures without random crops and flips."""
        same = copy.copy(self)
        same.jitter = self.jitter.without_chance()
        return same
