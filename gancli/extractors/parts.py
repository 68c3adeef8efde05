"""The part of the real examples that an extractor learns from, and the rest, which are left for evaluation.

No features may be fitted on the examples of an evaluation: features that were fitted on an image put it elsewhere than
an image that is as real and was not there.
"""

import hashlib

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.data.base import Batch
from gancli.seeds import derive_seed

MAX_UNLEARNED = 20_000  # examples that are left for evaluation: 10,000, and as many others in the samples' place


class Part(Dataset):
    """Some of the examples of a dataset.

    Args:
        rows: of these examples, of shape (N,).
        rest: examples that are held out; None if there are none.
    """

    def __init__(self, dataset: Dataset, rows: Tensor, rest: "Dataset | None" = None) -> None:
        self.dataset, self.rows, self.rest = dataset, rows, rest
        self.spec = dataset.spec
        self.fingerprint = hashlib.sha256(f"{len(rows)} examples of {dataset.fingerprint}".encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.rows)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return self.dataset.gather(self.rows[indices], rng)

    def held_out(self) -> Dataset | None:
        return self.rest

    def __str__(self) -> str:
        return f"{len(self):,} of the {len(self.dataset):,} training examples of {type(self.dataset).__name__}"


def fixed_order(n: int) -> Tensor:
    """The rows of ``n`` examples, shuffled, always alike: those for evaluation come first, of shape (N,)."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(derive_seed(0, "held out")))


def num_unlearned(n: int) -> int:
    """How many of ``n`` examples no extractor learns from: three of five."""
    return min(3 * n // 5, MAX_UNLEARNED)


def learnable(dataset: Dataset) -> Part:
    """The examples that an extractor may learn from, which holds out all the others."""
    rows, left = fixed_order(len(dataset)), num_unlearned(len(dataset))
    return Part(dataset, rows[left:], Part(dataset, rows[:left]))
