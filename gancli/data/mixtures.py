"""Mixtures of Gaussians in the plane, with modes that can be counted: a ring and a grid.

The settings that VEEGAN (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761) and PacGAN (Lin et al., 2018,
https://arxiv.org/abs/1712.04086) report on are the defaults.
"""

from typing import Annotated, Self

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.base import Batch, Dataset, fingerprint
from gancli.data.spec import DataSpec

DATASET_SIZE = 100_000  # points, drawn once with a fixed seed


class GaussianMixture(Dataset):
    """Points around ``modes``, which are equally likely and have the same standard deviation.

    Args:
        modes: of shape (M, D).
        sigma: the standard deviation, in the unit of the modes.
    """

    modes: Tensor

    def __init__(self, modes: Tensor, sigma: float) -> None:
        rng = torch.Generator().manual_seed(0)
        self.modes, self.sigma = modes, sigma
        chosen = torch.randint(len(modes), (DATASET_SIZE,), generator=rng)
        self.points = modes[chosen] + sigma * torch.randn(DATASET_SIZE, modes.shape[1], generator=rng)
        self.spec = DataSpec(shape=(modes.shape[1],))
        self.fingerprint = fingerprint(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return (self.points[indices.to(self.points.device, non_blocking=True)],)

    def to(self, device: torch.device) -> Self:
        self.points = self.points.to(device)
        return self


class Ring(GaussianMixture):
    """Modes evenly spaced on a circle around the origin."""

    def __init__(
        self,
        *,
        modes: Annotated[int, Field(ge=1, le=1000)] = 8,
        radius: Annotated[float, Field(gt=0)] = 1.0,
        sigma: Annotated[float, Field(gt=0)] = 0.01,
    ) -> None:
        # Not linspace(0, 2π): its last point is its first, and one mode would be counted twice.
        angles = torch.arange(modes) * (2 * torch.pi / modes)
        super().__init__(radius * torch.stack([angles.cos(), angles.sin()], dim=1), sigma)


class Grid(GaussianMixture):
    """Modes on a square grid around the origin, ``side`` by ``side``."""

    def __init__(
        self,
        *,
        side: Annotated[int, Field(ge=1, le=100)] = 5,
        spacing: Annotated[float, Field(gt=0)] = 2.0,
        sigma: Annotated[float, Field(gt=0)] = 0.05,
    ) -> None:
        axis = (torch.arange(side) - (side - 1) / 2) * spacing
        super().__init__(torch.cartesian_prod(axis, axis), sigma)
