"""Source and target images of a dataset, read when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor

from gancli.data.base import Dataset

AT_ONCE = 64  # images that are read together


@dataclass(frozen=True)
class ExampleImages:
    """One image of each of some examples, in the place of a tensor of shape (N, C, H, W).

    Args:
        dataset: one whose ``spec.source`` is set.
        indices: of the examples, of shape (N,).
    """

    dataset: Dataset
    indices: Tensor
    place: ClassVar[int]  # in what the dataset gathers

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, rows: slice) -> Tensor:
        """Images in [-1, 1], on the CPU."""
        examples = self.dataset.unaugmented().gather(self.indices[rows], torch.Generator().manual_seed(0))
        return examples[self.place].cpu()

    def select(self, chosen: Tensor) -> Self:
        """Those at these positions."""
        return type(self)(self.dataset, self.indices[chosen])

    def blocks(self) -> Iterator[Tensor]:
        """The images, some at a time."""
        return (self[slice(first, first + AT_ONCE)] for first in range(0, len(self), AT_ONCE))


class TargetImages(ExampleImages):
    """The images that the source images are to become."""

    place = 0


class SourceImages(ExampleImages):
    """The images to translate."""

    place = 1


def fixed_sources(dataset: Dataset, n: int) -> SourceImages:
    """At most ``n`` source images, always the same: held-out ones if there are any."""
    shown = dataset.held_out() or dataset
    return SourceImages(shown, torch.randperm(len(shown), generator=torch.Generator().manual_seed(0))[:n])
