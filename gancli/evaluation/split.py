"""The real examples that judge, and those that are judged in the samples' place: nothing was fitted on either.

Three parts: what an extractor has learned from (``gancli.extractors.parts``), a reference, and a baseline. The last two
are drawn anew for every set of samples, so the baseline has a spread, as the samples have.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gancli.data import Dataset, ImageDataset
from gancli.data.stacked import StackedMNIST, Stacks
from gancli.errors import DataError
from gancli.evaluation.evidence import Side
from gancli.extractors import Extractor, left_to_judge, order

CHUNK = 1000  # examples that are read at once
TRAIN = 10_000  # training examples that copies are looked for among
FEWEST = 10  # examples on a side


@dataclass(frozen=True)
class Draw:
    """Real examples to judge by, and as many others that show what real examples themselves get."""

    reference: Side
    baseline: Side


@dataclass(frozen=True)
class Split:
    """Real examples that no extractor has learned from, of which every set of samples gets its own draw."""

    unseen: Side  # of the training examples
    held_out: Side | None
    train: Side  # what the generator was trained on
    n: int  # examples on a side
    protocol: str

    def draw(self, seed: int) -> Draw:
        """Two sets of ``n``, which share no example; the same ones for the same seed."""
        chosen = torch.randperm(len(self.unseen.examples), generator=torch.Generator().manual_seed(seed))
        if self.held_out is not None:
            return Draw(self.held_out, self.unseen.take(chosen[: self.n]))
        return Draw(self.unseen.take(chosen[: self.n]), self.unseen.take(chosen[self.n : 2 * self.n]))

    def strangers(self, baseline: Side) -> Tensor:
        """The rows of ``train`` that are none of the baseline, of shape (M,)."""
        assert baseline.rows is not None
        others = torch.ones(len(self.train.examples), dtype=torch.bool)
        others[baseline.rows[baseline.rows >= 0]] = False
        return others.nonzero().flatten()


def split(dataset: Dataset, extractor: Extractor | None, n: int) -> Split:
    """At most ``n`` held-out examples against as many of the training's; without held-out ones, both of the training's.

    Raises DataError for too few of them.
    """
    if isinstance(dataset, StackedMNIST):
        return _split(_of_unseen_digits(dataset, 2 * n), extractor, n, learns=False)
    return _split(dataset, extractor, n, learns=learns(extractor))


def _split(dataset: Dataset, extractor: Extractor | None, n: int, *, learns: bool) -> Split:
    held_out, left = dataset.held_out(), judging(len(dataset), learns=learns)
    n = min(n, left // 2 if held_out is None else min(left, len(held_out)))
    if n < FEWEST:
        unseen = "none" if held_out is None else len(held_out)
        found = f"{len(dataset)} training examples, and {unseen} held out"
        raise DataError(f"found {found}; expected {FEWEST} to judge by, and as many others to judge")
    shown = order(len(dataset))[: max(min(left, 2 * n), TRAIN)]
    rows = torch.arange(len(shown))
    known = side(dataset, shown, extractor, rows=rows.where(rows < TRAIN, -1))
    unseen_side, train = known.take(rows[: min(left, 2 * n)]), known.take(rows[:TRAIN])
    if held_out is not None:
        reference = side(held_out, shuffled(held_out)[:n], extractor)
        return Split(unseen_side, reference, train, n, f"{n:,} of the {len(held_out):,} held-out examples")
    apart = " that the features did not learn from" if learns else ""
    return Split(unseen_side, None, train, n, f"{n:,} of the {left:,} training examples{apart} (none are held out)")


def learns(extractor: Extractor | None) -> bool:
    """Whether it has learned from some of the training examples, so that only the others may judge."""
    return extractor is not None and extractor.learns


def judging(examples: int, *, learns: bool) -> int:
    """How many of the training examples may judge and be judged."""
    return left_to_judge(examples) if learns else examples


def examples_needed(n: int, dataset: Dataset, *, learns: bool) -> str:
    """How many it takes for ``n`` on a side, in words."""
    in_all = n if dataset.held_out() is not None else 2 * n
    training = -(-5 * in_all // 3) if learns else in_all
    return f"{training:,} images" if in_all > n else f"{training:,} training images and {n:,} held-out ones"


def side(dataset: Dataset, indices: Tensor, extractor: Extractor | None, rows: Tensor | None = None) -> Side:
    """These examples of a dataset."""
    rng = torch.Generator().manual_seed(0)
    parts = [dataset.gather(some, rng) for some in indices.split(CHUNK)]
    labelled = dataset.spec.num_classes > 0
    x = torch.cat([part[0].cpu() for part in parts])
    return Side(x, torch.cat([part[1].cpu() for part in parts]) if labelled else None, extractor, rows)


def shuffled(dataset: Dataset) -> Tensor:
    """The indices of a dataset in an order that is always the same, for it may lie in the order of its classes."""
    return torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0))


def _of_unseen_digits(dataset: StackedMNIST, count: int) -> Dataset:
    """Stacks of those digits that the classifier has not learned from."""
    assert isinstance(dataset.mnist.images, Tensor)
    unseen = order(len(dataset.mnist))[: left_to_judge(len(dataset.mnist))]
    triples = unseen[torch.randint(len(unseen), (count, 3), generator=torch.Generator().manual_seed(0))]
    return ImageDataset(Stacks(dataset.mnist.images, triples))
