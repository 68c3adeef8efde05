"""The real examples of an evaluation: a reference, and a baseline in the samples' place; nothing was fitted on either.

Three parts: the examples that an extractor has learned from (``gancli.extractors.parts``), a reference, and a baseline.
The last two are drawn anew for every set of samples, so the baseline has a spread, as the samples have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.data.sources import SourceImages
from gancli.errors import DataError
from gancli.evaluation.example_set import FULL_SIZE_AT_ONCE, ExampleSet, collect
from gancli.extractors import Extractor, fixed_order, num_unlearned

MAX_TRAIN = 10_000  # training examples in which copies are searched for
MIN_PER_SET = 10  # generated, and as many real


@dataclass(frozen=True)
class RealSets:
    """Real examples to compare with, and as many others that show what real examples themselves get."""

    reference: ExampleSet
    baseline: ExampleSet


@dataclass(frozen=True)
class Split:
    """Real examples that no extractor has learned from, of which every set of samples gets its own draw."""

    unseen: ExampleSet  # of the training examples; of data to translate, held-out ones if there are enough
    reference: ExampleSet | None  # that every set is compared with; None: it is drawn from ``unseen`` too
    train: ExampleSet  # that the generator was trained on
    n: int  # examples in a set
    protocol: str

    def draw(self, seed: int) -> RealSets:
        """Two sets of ``n``, which share no example; the same ones for the same seed."""
        chosen = torch.randperm(len(self.unseen), generator=torch.Generator().manual_seed(seed))
        if self.reference is not None:
            return RealSets(self.reference, self.unseen.select(chosen[: self.n]))
        return RealSets(self.unseen.select(chosen[: self.n]), self.unseen.select(chosen[self.n : 2 * self.n]))

    def unused_rows(self, baseline: ExampleSet) -> Tensor:
        """The rows of ``train`` that are not in the baseline, of shape (M,)."""
        assert baseline.rows is not None
        others = torch.ones(len(self.train), dtype=torch.bool)
        others[baseline.rows[baseline.rows >= 0]] = False
        return others.nonzero().flatten()


def split(dataset: Dataset, extractor: Extractor | None, n: int) -> Split:
    """At most ``n`` held-out examples and as many of the training's; without held-out ones, both of the training's.

    Raises DataError for too few of them.
    """
    if dataset.channels is not None:  # only channels that the classifier has not learned from
        unseen = fixed_order(len(dataset.channels))[: num_unlearned(len(dataset.channels))]
        return _split(dataset.stacked(unseen, 2 * n), extractor, n, learns=False)
    return _split(dataset, extractor, n, learns=learns(extractor))


def _split(dataset: Dataset, extractor: Extractor | None, n: int, *, learns: bool) -> Split:
    held_out, left = dataset.held_out(), num_for_evaluation(len(dataset), learns=learns)
    n = min(n, left // 2 if held_out is None else min(left, len(held_out)))
    if n < MIN_PER_SET:
        raise too_few(dataset, held_out)
    shown = fixed_order(len(dataset))[: max(min(left, 2 * n), MAX_TRAIN)]
    rows = torch.arange(len(shown))
    known = read_examples(dataset, shown, extractor, rows=rows.where(rows < MAX_TRAIN, -1))
    unseen, train = known.select(rows[: min(left, 2 * n)]), known.select(rows[:MAX_TRAIN])
    if held_out is not None:
        reference = read_examples(held_out, shuffled(held_out)[:n], extractor)
        return Split(unseen, reference, train, n, f"{n:,} of the {len(held_out):,} held-out examples")
    apart = " that the features did not learn from" if learns else ""
    return Split(unseen, None, train, n, f"{n:,} of the {left:,} training examples{apart} (none are held out)")


def too_few(dataset: Dataset, held_out: Dataset | None) -> DataError:
    """The error of a dataset that no two sets can be drawn from."""
    found = f"found {len(dataset)} training examples, and {'none' if held_out is None else len(held_out)} held out"
    return DataError(f"{found}; expected at least {MIN_PER_SET} to compare with, and as many others to evaluate")


def learns(extractor: Extractor | None) -> bool:
    """Whether it has learned from some of the training examples, so that only the others may be used."""
    return extractor is not None and extractor.learns


def num_for_evaluation(examples: int, *, learns: bool) -> int:
    """How many of the training examples may be in a reference or in a baseline."""
    return num_unlearned(examples) if learns else examples


def examples_needed(n: int, dataset: Dataset, *, learns: bool) -> str:
    """How many it takes for sets of ``n``, in words."""
    in_all = n if dataset.held_out() is not None else 2 * n
    training = -(-5 * in_all // 3) if learns else in_all
    return f"{training:,} images" if in_all > n else f"{training:,} training images and {n:,} held-out ones"


def read_examples(
    dataset: Dataset, indices: Tensor, extractor: Extractor | None, rows: Tensor | None = None
) -> ExampleSet:
    """These examples of a dataset."""
    rng = torch.Generator().manual_seed(0)
    labels: list[Tensor] = []
    sources = None
    if dataset.spec.source is not None:  # whose random crops would differ from those of their targets
        dataset = dataset.unaugmented()
        sources = SourceImages(dataset, indices)

    def blocks() -> Iterator[Tensor]:
        for some in indices.split(FULL_SIZE_AT_ONCE.examples(dataset.spec.shape)):
            x, *y = dataset.gather(some, rng)
            if dataset.spec.num_classes:
                labels.append(y[0].cpu())
            yield x.cpu()

    found = collect(blocks(), None, extractor, rows, sources)
    return replace(found, labels=torch.cat(labels)) if labels else found


def shuffled(dataset: Dataset) -> Tensor:
    """The indices of a dataset in a fixed random order, because they may be sorted by class."""
    return torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0))
