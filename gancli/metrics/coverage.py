"""Density and coverage (Naeem et al., 2020, https://arxiv.org/abs/2002.09797)."""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks


class DensityCoverage(NamedTuple):
    """Density is about 1 for real data and may be more; coverage is from 0 to 1, and 1 − 2^−k for real data."""

    density: float
    coverage: float


def density_coverage(real: Tensor, fake: Tensor, *, k: int = 5, chunk: int = 512) -> DensityCoverage:
    """How many real neighbourhoods a fake lies in, over ``k``; and the share of them in which a fake lies.

    The neighbourhood of one of the real features of shape (N, d) is a ball as wide as the distance to the ``k``-th
    nearest other real one; on the rim is outside (<), as in the authors' code, so equal real features cover nothing.

    Args:
        chunk: rows of the matrix of distances that are in memory at once; changes nothing.

    Raises:
        ValueError: not more than ``k`` real examples, no fake one, ``k`` < 1, different d, or not finite.
    """
    if k < 1 or chunk < 1:
        raise ValueError(f"k = {k}, chunk = {chunk}; expected at least 1 each")
    real, fake = checks.features("real", real, least=k + 1), checks.features("fake", fake)
    checks.same_space(real=real, fake=fake)
    # The k + 1 nearest of a real one among all real ones: the first of them is itself.
    radii = torch.cat(
        [exact_distances(block, real).topk(k + 1, largest=False).values[:, k] for block in real.split(chunk)]
    )
    inside, nearest = 0, torch.full((len(real),), torch.inf, dtype=torch.float64)
    for block in fake.split(chunk):
        distances = exact_distances(block, real)  # (chunk, N)
        inside += int((distances < radii).sum())
        nearest = torch.minimum(nearest, distances.min(0).values)
    return DensityCoverage(inside / (k * len(fake)), (nearest < radii).double().mean().item())


def exact_distances(a: Tensor, b: Tensor) -> Tensor:
    """Distances from the differences: copies of the data lie on rims, and matrix products put them anywhere around."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
