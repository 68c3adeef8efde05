"""The distribution of a generator's noise."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor


@dataclass(frozen=True)
class LatentPrior:
    """The distribution of the generator's noise: N(0, scale²), or uniform in (-scale, scale)."""

    dim: int
    prior: Literal["normal", "uniform"] = "normal"
    scale: float = 1.0

    def sample(self, n: int, device: torch.device | str = "cpu", rng: torch.Generator | None = None) -> Tensor:
        """Noise of shape (n, dim)."""
        if self.prior == "uniform":
            return (2 * torch.rand(n, self.dim, device=device, generator=rng) - 1) * self.scale
        return torch.randn(n, self.dim, device=device, generator=rng) * self.scale
