"""Samples that repeat one another, or the training data."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.neighbours import Neighbours, nearest


class Pairs(NamedTuple):
    """Rows of two samples each, of shape (P, 2), and how far they are apart, of shape (P,); the closest come first."""

    indices: Tensor
    distances: Tensor


def duplicate_threshold(distances: Tensor, *, quantile: float = 0.001) -> float:
    """The distance below which an example passes for its neighbour, given those of real ones to theirs, of shape (N,).

    So near are 0.1 % of the real ones. Of fewer than a thousand none may be that near: then it is the least distance,
    made smaller as it would be for points that lie on a surface, √(N × 0.1 %); in more dimensions it would be larger.
    Neighbours are nearer where there are more: real ones and samples have to have as many to choose from, and to be
    told apart from them in the same direction.

    Raises:
        ValueError: no distances, one that is not a number, or ``quantile`` not in [0, 1].
    """
    _check(distances)
    if not 0 <= quantile <= 1:
        raise ValueError(f"quantile = {quantile:g}; expected 0 to 1")
    expected = len(distances) * quantile
    if expected < 1:
        return distances.min().item() * math.sqrt(expected)
    return distances.quantile(quantile).item()


def near_duplicates(distances: Tensor, threshold: float) -> float:
    """The share of samples at most ``threshold`` from their neighbour, given the distances of shape (N,).

    Neighbours among the samples show repetition, a proxy of the birthday test (Arora & Zhang, 2017,
    https://arxiv.org/abs/1706.08224), in which a person inspects the pairs; those in the training data show
    copies. At most, not below: where the real data repeats itself the threshold is 0, and a copy is still a copy.

    Raises:
        ValueError: no distances, one that is not a number, or a negative ``threshold``.
    """
    _check(distances)
    if not threshold >= 0:
        raise ValueError(f"threshold = {threshold:g}; expected at least 0")
    return (distances <= threshold).double().mean().item()


def _check(distances: Tensor) -> None:
    if distances.ndim != 1 or not len(distances) or not (distances >= 0).all():
        raise ValueError(f"distances: {tuple(distances.shape)}; expected (N,), at least one, none below 0 or NaN")


def closest_pairs(neighbours: Neighbours, count: int = 20) -> Pairs:
    """The ``count`` closest pairs, for a picture, of the neighbours that samples have among themselves.

    Each sample is paired with its nearest alone, so that twenty equal samples do not make 190 pairs. Fewer come back
    where there are fewer.
    """
    if count < 0:
        raise ValueError(f"count = {count}; expected at least 0")
    rows = torch.stack([torch.arange(len(neighbours.indices)), neighbours.indices], dim=1).sort(dim=1).values
    pairs, seen = rows.tolist(), dict[tuple[int, ...], int]()
    for row in neighbours.distances.argsort(stable=True).tolist():
        seen.setdefault(tuple(pairs[row]), row)  # two that are nearest to each other are one pair
    chosen = torch.tensor(list(seen.values())[:count], dtype=torch.int64)
    return Pairs(rows[chosen], neighbours.distances[chosen])


def authpct(samples: Tensor, train: Tensor, *, chunk: int = 512) -> float:
    """AuthPct, from 0 to 100 (Alaa et al., 2022, https://arxiv.org/abs/2102.08921).

    A sample is authentic if the training example nearest to it is nearer to another training example: d(t, t') <
    d(x, t). Of samples from the data's own distribution 38 % are in the plane and more in more dimensions, 85 % of a
    Gaussian in 64 of them: put that row beside it.

    Raises:
        ValueError: no samples, fewer than 2 training examples, different d, or not finite.
    """
    train = checks.features("train", train, least=2)
    indices, distances = nearest(samples, train, chunk=chunk)
    used, position = indices.unique(return_inverse=True)
    apart = nearest(train[used], train, own=used, chunk=chunk).distances[position]
    return 100 * (apart < distances).double().mean().item()
