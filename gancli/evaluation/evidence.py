"""What metrics look at: as many generated as real examples, and what an extractor sees in them."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.errors import DataError
from gancli.extractors import Extractor
from gancli.metrics import Neighbours, nearest, nearest_others

CHUNK = 1000  # examples that are read at once
TRAIN = 10_000  # training examples that copies are looked for among
FEWEST = 10  # examples on a side; the neighbourhoods of density and coverage alone take six


@dataclass(frozen=True)
class Side:
    """Examples of shape (N, *shape), and the labels of shape (N,) that they have or that they were asked to have."""

    examples: Tensor
    labels: Tensor | None
    extractor: Extractor | None

    @cached_property
    def features(self) -> Tensor:
        """Of shape (N, d); points are their own features."""
        return self.examples.flatten(1) if self.extractor is None else self.extractor.features(self.examples)

    @cached_property
    def classes(self) -> Tensor | None:
        """What class each looks like, of shape (N,); None if the extractor knows no classes."""
        probabilities = None if self.extractor is None else self.extractor.classes(self.examples)
        return None if probabilities is None else probabilities.argmax(1)

    @cached_property
    def others(self) -> Neighbours:
        """The nearest of the other examples to each."""
        return nearest_others(self.features)


@dataclass(frozen=True)
class Evidence:
    """Examples to judge, and real ones to judge them by."""

    judged: Side
    real: Side
    train: Side  # what the generator was trained on
    dataset: Dataset
    seed: int | None = None  # of the samples; None if it is real examples that are judged

    @cached_property
    def originals(self) -> Neighbours:
        """The training example that is nearest to each that is judged."""
        return nearest(self.judged.features, self.train.features)


@dataclass(frozen=True)
class Split:
    """Real examples to judge by, and as many others that show what real examples themselves get."""

    reference: Side
    floor: Side
    train: Side
    protocol: str


def split(dataset: Dataset, extractor: Extractor | None, n: int) -> Split:
    """At most ``n`` held-out examples against as many of the training's; without held-out ones, two random halves.

    Raises DataError for too few of them.
    """
    order, held_out = shuffled(dataset), dataset.held_out()
    n = min(n, len(dataset) // 2) if held_out is None else min(n, len(held_out), len(dataset))
    if n < FEWEST:
        unseen = "none" if held_out is None else len(held_out)
        found = f"{len(dataset)} training examples, and {unseen} held out"
        raise DataError(f"found {found}; expected {FEWEST} to judge by, and as many others to judge")
    train = side(dataset, order[: max(n, TRAIN)], extractor)
    if held_out is None:
        reference, floor = side(dataset, order[:n], extractor), side(dataset, order[n : 2 * n], extractor)
        protocol = f"{n:,} of the {len(dataset):,} training examples (none are held out)"
    else:
        reference, floor = side(held_out, shuffled(held_out)[:n], extractor), side(dataset, order[:n], extractor)
        protocol = f"{n:,} of the {len(held_out):,} held-out examples"
    return Split(reference, floor, train, protocol)


def shuffled(dataset: Dataset) -> Tensor:
    """The indices of a dataset in an order that is always the same, for it may lie in the order of its classes."""
    return torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0))


def in_turn(classes: Tensor) -> Tensor:
    """The positions in ``classes``, of shape (N,), taken one of every class at a time; of a class, the first first."""
    ranks: dict[int, int] = {}
    by_rank = []
    for position, label in enumerate(classes.tolist()):
        ranks[label] = rank = ranks.get(label, -1) + 1
        by_rank.append((rank, label, position))
    return torch.tensor([position for *_, position in sorted(by_rank)])


def side(dataset: Dataset, indices: Tensor, extractor: Extractor | None) -> Side:
    """These examples of a dataset."""
    rng = torch.Generator().manual_seed(0)
    parts = [dataset.gather(some, rng) for some in indices.split(CHUNK)]
    labelled = dataset.spec.num_classes > 0
    x = torch.cat([part[0].cpu() for part in parts])
    return Side(x, torch.cat([part[1].cpu() for part in parts]) if labelled else None, extractor)
