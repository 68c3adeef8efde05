"""The distribution of a generator's noise, and the way from one noise to another."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor


@dataclass(frozen=True)
class LatentPrior:
    """The distribution of the generator's noise: N(0, scale²), or uniform in (-scale, scale).

    Args:
        dim: numbers of the noise of one sample.
        prior: ``normal`` or ``uniform``.
        scale: of the noise.
    """

    dim: int
    prior: Literal["normal", "uniform"] = "normal"
    scale: float = 1.0

    def sample(self, n: int, device: torch.device | str = "cpu", rng: torch.Generator | None = None) -> Tensor:
        """Noise of shape (n, dim)."""
        if self.prior == "uniform":
            return (2 * torch.rand(n, self.dim, device=device, generator=rng) - 1) * self.scale
        return torch.randn(n, self.dim, device=device, generator=rng) * self.scale

    def between(self, start: Tensor, end: Tensor, along: Tensor) -> Tensor:
        """The noise on the way from one to another, of shape (N, dim).

        Normal noise moves along the sphere, because its length carries no meaning.

        Args:
            start: of shape (dim,).
            end: of shape (dim,).
            along: of shape (N, 1), from 0 to 1.
        """
        return slerp(start, end, along) if self.prior == "normal" else torch.lerp(start, end, along)

    def total(self, terms: Tensor, weights: Tensor) -> Tensor:
        """The weighted sum of some noises, of shape (dim,), brought back to where the generator has seen noise.

        Normal noise gets the length of the first term, because its length carries no meaning; uniform noise is clamped.
        The sum of one with the weight 1 is itself.

        Args:
            terms: of shape (K, dim).
            weights: of shape (K,).
        """
        if len(terms) == 1 and weights[0] == 1:
            return terms[0]
        found = weights @ terms
        if self.prior == "uniform":
            return found.clamp(-self.scale, self.scale)
        return found * (terms[0].norm() / found.norm().clamp(min=1e-12))


def slerp(start: Tensor, end: Tensor, along: Tensor) -> Tensor:
    """Spherical interpolation (Shoemake, 1985; White, 2016, https://arxiv.org/abs/1609.04468) of shape (N, dim).

    Args:
        start: of shape (dim,).
        end: of shape (dim,).
        along: of shape (N, 1), from 0 to 1.
    """
    cosine = torch.dot(start, end) / (start.norm() * end.norm())
    angle = torch.acos(cosine.clamp(-1, 1))
    if torch.sin(angle) < 1e-6:  # parallel or opposite: no unique arc
        return torch.lerp(start, end, along)
    return (torch.sin((1 - along) * angle) * start + torch.sin(along * angle) * end) / torch.sin(angle)
