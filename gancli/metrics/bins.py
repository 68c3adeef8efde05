"""NDB, the number of statistically different bins (Richardson & Weiss, 2018, https://arxiv.org/abs/1805.12462)."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.neighbours import nearest

ROUNDS = 100  # of k-means, at most; it settles long before
CRITICAL = 1.96  # of |z|, at a significance of 0.05


class Bins(NamedTuple):
    """The share of bins that hold significantly more or fewer fakes than real examples, and the divergence in nats.

    About 0.05 of the bins differ by chance where the fakes are real. The divergence is Jensen and Shannon's, of the
    two histograms: 0 for equal ones, log 2 for those that share no bin.
    """

    different: float
    divergence: float


def different_bins(real: Tensor, fake: Tensor, *, cells: Tensor | None = None, bins: int = 100, seed: int = 0) -> Bins:
    """Cut the space into the cells of k-means, and compare how many real and fake features, (N, d), fall into each.

    A cell differs if a test of two proportions says so. That test wants some ten examples a bin: there are N / 10 bins
    at most.

    Args:
        cells: real features that the cells are made of, of shape (M, d); by default ``real``, which fits the cells then
            better than other real ones do.

    Raises:
        ValueError: fewer than 20 real examples or as many for the cells, no fakes, different d, not finite, or fewer
            than 2 bins.
    """
    real, fake = checks.features("real", real, least=20), checks.features("fake", fake)
    cells = real if cells is None else checks.features("cells", cells, least=20)
    checks.same_space(real=real, fake=fake, cells=cells)
    if bins < 2:
        raise ValueError(f"bins = {bins}; expected at least 2")
    centres = k_means(cells, min(bins, len(real) // 10, len(cells) // 10), seed)
    counts = torch.stack(
        [nearest(examples, centres).indices.bincount(minlength=len(centres)) for examples in (real, fake)]
    ).double()
    sizes = counts.sum(1, keepdim=True)  # (2, 1)
    shares, pooled = counts / sizes, counts.sum(0) / sizes.sum()
    deviation = (pooled * (1 - pooled) * (1 / sizes).sum()).sqrt()
    z = (shares[0] - shares[1]).abs() / deviation  # 0 / 0, for a bin with all or no examples, counts as no difference
    middle = shares.mean(0)
    divergence = torch.special.entr(middle).sum() - torch.special.entr(shares).sum(1).mean()
    return Bins((z > CRITICAL).double().mean().item(), min(max(divergence.item(), 0.0), math.log(2)))


def k_means(x: Tensor, k: int, seed: int = 0) -> Tensor:
    """At most ``k`` centres of x, of shape (k, d), from a start by k-means++ (Arthur & Vassilvitskii, 2007).

    Fewer come back where x has fewer different rows, or where a cell has run empty.
    """
    rng = torch.Generator().manual_seed(seed)
    centres = x[torch.randint(len(x), (1,), generator=rng)]
    squared = (x - centres).square().sum(1)  # to the nearest centre
    while len(centres) < k and squared.any():  # else every row is a centre
        added = x[torch.multinomial(squared, 1, generator=rng)]
        squared = torch.minimum(squared, (x - added).square().sum(1))
        centres = torch.cat([centres, added])
    for _ in range(ROUNDS):
        owner = nearest(x, centres).indices
        kept = owner.unique()
        moved = torch.stack([x[owner == cell].mean(0) for cell in kept])
        if moved.shape == centres.shape and moved.allclose(centres):
            break
        centres = moved
    return centres
