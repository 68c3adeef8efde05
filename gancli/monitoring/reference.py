"""Real examples to compare samples with: few, small, and along the axes in which they differ most."""

import math
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancli.data.base import Batch, Dataset
from gancli.data.budget import Budget
from gancli.data.minibatches import fixed_indices
from gancli.metrics.coverage import exact_distances
from gancli.training.device import one_thread

NUM_SAMPLES = Budget(most=256, least=64)  # of one check
NUM_REFERENCE = Budget(most=1024, least=256)  # four real examples a sample
READ_AT_ONCE = Budget(most=1024, least=16)  # real examples that are read at once
POOLED_SIDE, COMPONENTS = 32, 32  # images are compared this small, and everything in this many principal components


class Points:
    """Points of shape (n, d), and their labels of shape (n,) if they have any."""

    def __init__(self, x: Tensor, labels: Tensor | None = None) -> None:
        self.x, self.labels = x, labels

    @cached_property
    def distances(self) -> Tensor:
        """From every point to every point, of shape (n, n)."""
        return exact_distances(self.x, self.x)

    @cached_property
    def nearest(self) -> Tensor:
        """From every point to the nearest other one, of shape (n,)."""
        return self.distances.clone().fill_diagonal_(math.inf).amin(1)

    def mean_distance(self, label: int | None = None) -> float:
        """Between two points, or between two of one label."""
        among = self.distances if label is None else self.distances[self.labels == label][:, self.labels == label]
        return float(among.sum()) / max(1, len(among) * (len(among) - 1))


class Reference:
    """Real examples, and the axes along which they differ most; noise off these axes does not count as diversity."""

    def __init__(self, batch: Batch) -> None:
        x = pooled(batch[0].cpu()).flatten(1)
        self.mean = x.mean(0)
        self.axes = principal_axes(x - self.mean, COMPONENTS)  # (D, d)
        self.points = Points(self.project(batch[0].cpu()), batch[1].cpu() if len(batch) > 1 else None)

    def project(self, x: Tensor) -> Tensor:
        """Examples of shape (n, *shape) in coordinates along the axes, of shape (n, d)."""
        return (pooled(x).flatten(1) - self.mean) @ self.axes

    def distance_to_axes(self, x: Tensor) -> Tensor:
        """Distance of examples of shape (n, *shape) from the space of the axes, of shape (n,)."""
        centred = pooled(x).flatten(1) - self.mean
        return (centred - centred @ self.axes @ self.axes.T).norm(dim=1)


def reference_examples(dataset: Dataset, seed: int) -> Batch:
    """Real examples, ``(x,)`` or ``(x, y)`` of class indices, the same ones for every run of a seed.

    Images come as ``pooled`` makes them, so that large ones are never in memory together.
    """
    shape = dataset.spec.shape
    columns = 1 + (dataset.spec.num_classes > 0)  # a pair's second tensor is not a label
    indices, rng = fixed_indices(dataset, NUM_REFERENCE.examples(shape), seed)
    blocks: list[Batch] = []
    for block in indices.split(READ_AT_ONCE.examples(shape)):
        x, *y = dataset.gather(block, rng)[:columns]
        blocks.append((pooled(x), *y))
    return tuple(torch.cat(parts) for parts in zip(*blocks, strict=True))


def pooled(x: Tensor) -> Tensor:
    """Images of shape (n, C, H, W) averaged down to at most 32 pixels a side; points as they are."""
    if x.ndim == 4:
        x = adaptive_avg_pool2d(x.float(), (min(POOLED_SIDE, x.shape[2]), min(POOLED_SIDE, x.shape[3])))
    return x.float()


def principal_axes(x: Tensor, count: int) -> Tensor:
    """The directions in which centred points of shape (n, D) differ most, of shape (D, ≤ count).

    They are taken from the smaller one of the two symmetric products, far faster than a singular value decomposition.
    """
    x = x.double()
    with one_thread():
        if x.shape[1] <= x.shape[0]:
            return torch.linalg.eigh(x.T @ x).eigenvectors[:, -count:].flip(1).float()
        values, vectors = torch.linalg.eigh(x @ x.T)
        lengths = values[-count:].clamp_min(1e-10 * values[-1] + 1e-30).sqrt()  # centred points lack an axis
        return (x.T @ (vectors[:, -count:] / lengths)).flip(1).float()
