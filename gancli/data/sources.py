"""Source images of a dataset, read when they are translated."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gancli.data.base import Dataset


@dataclass(frozen=True)
class SourceImages:
    """The source images of some examples, in the place of a tensor of shape (N, *source.shape).

    Args:
        dataset: one whose ``spec.source`` is set.
        indices: of the examples, of shape (N,).
    """

    dataset: Dataset
    indices: Tensor

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, rows: slice) -> Tensor:
        """Images in [-1, 1], on the CPU."""
        return self.dataset.unaugmented().gather(self.indices[rows], torch.Generator().manual_seed(0))[1].cpu()

    def select(self, chosen: Tensor) -> "SourceImages":
        """Those at these positions."""
        return SourceImages(self.dataset, self.indices[chosen])


def fixed_sources(dataset: Dataset, n: int) -> SourceImages:
    """At most ``n`` source images, always the same: held-out ones if there are any."""
    shown = dataset.held_out() or dataset
    return SourceImages(shown, torch.randperm(len(shown), generator=torch.Generator().manual_seed(0))[:n])
