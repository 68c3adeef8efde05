"""The seeded, endless stream of minibatches that training draws from a dataset.

Which examples the n-th minibatch holds is a function of (seed, n) alone. So a resumed run needs no iterator state, and
the number of workers changes nothing.
"""

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor

from gancli.data.base import Batch, Dataset
from gancli.data.workers import prepared
from gancli.seeds import derive_seed
from gancli.shares import Share, computing


def fixed_indices(dataset: Dataset, n: int, seed: int) -> tuple[Tensor, torch.Generator]:
    """Indices of at most ``n`` examples, the same ones for every run of a seed, and the generator to gather with."""
    rng = torch.Generator().manual_seed(derive_seed(seed, "reference"))
    return torch.randperm(len(dataset), generator=rng)[:n], rng


def fixed_examples(dataset: Dataset, n: int, seed: int) -> Batch:
    """At most ``n`` examples, ``(x,)``, ``(x, y)`` or ``(x, source)``, the same ones for every run of a seed."""
    indices, rng = fixed_indices(dataset, n, seed)
    has_condition = dataset.spec.num_classes > 0 or dataset.spec.source is not None
    return dataset.gather(indices, rng)[: 1 + has_condition]


def batches(
    dataset: Dataset, batch_size: int, *, seed: int, start: int = 0, device: torch.device, share: Share | None = None
) -> Iterator[Batch]:
    """Minibatches without end, from number ``start`` on.

    The examples are shuffled anew every epoch; a minibatch may reach over the end of one, so all have the same size.

    Args:
        share: the rows of each minibatch that are wanted; None for all.

    Raises DataError or DeviceError if a worker fails.
    """
    draw = _Draws(dataset, batch_size, seed, share or Share(0, 1, batch_size))
    drawn = prepared(draw, dataset.workers, start) if dataset.workers else map(draw, itertools.count(start))
    for batch in drawn:
        yield tuple(tensor.to(device, non_blocking=True) for tensor in batch)


class _Draws:
    """Minibatch n, or the share of it, as a function of (seed, n)."""

    def __init__(self, dataset: Dataset, batch_size: int, seed: int, share: Share) -> None:
        self.dataset, self.batch_size, self.seed, self.share = dataset, batch_size, seed, share
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.long)

    def __call__(self, draw: int) -> Batch:
        first = draw * self.batch_size
        rng = torch.Generator().manual_seed(derive_seed(self.seed, "augmentation", draw))
        indices = self.share.of(self._indices(first, first + self.batch_size))
        if self.share.count == 1:
            return self.dataset.gather(indices, rng)
        with computing(self.share):
            return self.dataset.gather(indices, rng)

    def _indices(self, first: int, last: int) -> Tensor:
        parts = []
        while first < last:
            epoch, offset = divmod(first, len(self.dataset))
            part = self._permutation(epoch)[offset : offset + last - first]
            parts.append(part)
            first += len(part)
        return torch.cat(parts)

    def _permutation(self, epoch: int) -> Tensor:
        if epoch != self._epoch:
            rng = torch.Generator().manual_seed(derive_seed(self.seed, "epoch", epoch))
            self._epoch, self._order = epoch, torch.randperm(len(self.dataset), generator=rng)
        return self._order
