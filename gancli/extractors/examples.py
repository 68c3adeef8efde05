"""The real images that an extractor learns from, and those that it is tested on."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.data.pixel_values import values_of
from gancli.extractors.base import as_pictures
from gancli.extractors.networks import reduced
from gancli.seeds import derive_seed

MAX_HELD = 2**29  # bytes of pixels that are held; of a larger dataset, as many as fit are drawn at random
READ_AT_ONCE = 256  # examples that are read at once


@dataclass(frozen=True)
class Examples:
    """Images as a network sees them, uint8, of shape (N, C, H, W), and labels of shape (N,), or None."""

    pixels: Tensor
    labels: Tensor | None

    def __len__(self) -> int:
        return len(self.pixels)

    def images(self, indices: Tensor | slice = slice(None)) -> Tensor:
        """Of shape (N, C, H, W), in [-1, 1]."""
        return values_of(self.pixels[indices])


def to_examples(images: Tensor, labels: Tensor | None) -> Examples:
    """Images in [-1, 1], real or generated, of shape (N, C, H, W), as a network sees them."""
    return Examples(reduced(as_pictures(images)).add(1).mul(127.5).round().byte(), labels)


def read(dataset: Dataset, indices: Tensor | None = None, *, seed: int = 0) -> Examples:
    """The examples of the given indices, all of them if None, or as many as are held in memory.

    Raises DataError for a dataset that cannot be read.
    """
    indices = torch.arange(len(dataset)) if indices is None else indices
    rng = torch.Generator().manual_seed(derive_seed(seed, "examples"))
    parts: list[Examples] = []
    held = 0
    for block in indices[torch.randperm(len(indices), generator=rng)].split(READ_AT_ONCE):
        x, *y = dataset.gather(block, rng)
        parts.append(to_examples(x, y[0].cpu() if dataset.spec.num_classes else None))
        held += parts[-1].pixels.numel()
        if held >= MAX_HELD:
            break
    labels = [part.labels for part in parts if part.labels is not None]
    return Examples(torch.cat([part.pixels for part in parts]), torch.cat(labels) if labels else None)


def learned_and_unseen(dataset: Dataset, seed: int) -> tuple[Examples, Examples]:
    """Examples to learn from, and those to be tested on: what the dataset holds out, else a fifth of it."""
    held_out = dataset.held_out()
    if held_out is not None:
        return read(dataset, seed=seed), read(held_out, seed=seed)
    rng = torch.Generator().manual_seed(derive_seed(seed, "held out"))
    unseen, learned = torch.randperm(len(dataset), generator=rng).tensor_split([-(-len(dataset) // 5)])
    return read(dataset, learned, seed=seed), read(dataset, unseen, seed=seed)
