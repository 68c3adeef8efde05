"""The protocol of FID in papers: samples are compared with the training examples, all of them if N allows it."""

from collections.abc import Iterable
from typing import TypeVar

import torch

from gancli.data import Dataset
from gancli.evaluation.split import MAX_TRAIN, MIN_PER_SET, Split, read_examples, shuffled, split, too_few
from gancli.extractors import Extractor, fixed_order

NAMES = {"FD": "FID", "KD": "KID"}  # of distances in the features of Inception
MIN_N = 10_000  # samples, below which no paper gives a FID
Value = TypeVar("Value")


def is_standard(extractor: Extractor | None) -> bool:
    """Whether its features are those of Inception."""
    return extractor is not None and extractor.is_standard


def named(values: dict[str, Value], extractor: Extractor | None) -> dict[str, Value]:
    """The same values by the names of the numbers in these features: FID and KID in those of Inception alone."""
    return {NAMES.get(name, name): value for name, value in values.items()} if is_standard(extractor) else values


def caveats(extractor: Extractor | None, n: int) -> Iterable[str]:
    """What a reader must know who compares the numbers of ``n`` samples with those of papers."""
    if is_standard(extractor):
        yield (
            f"FID and KID can be compared with numbers of the same N and reference alone: N is {n:,} here; most papers "
            "compare 50,000 samples with all training images"
        )
        if n < MIN_N:
            yield f"N is below {MIN_N:,}: this FID is not comparable with those of papers"


def standard_split(dataset: Dataset, extractor: Extractor | None, n: int) -> Split:
    """A reference of at most ``n`` training examples, and a baseline of held-out ones, as many as there are.

    Without held-out ones, and for images to translate, it is the split of every other extractor.

    Raises DataError for too few of them.
    """
    held_out = dataset.held_out()
    if held_out is None or dataset.spec.source is not None or dataset.channels is not None:
        return split(dataset, extractor, n)
    n = min(n, len(dataset))
    if min(n, len(held_out)) < MIN_PER_SET:
        raise too_few(dataset, held_out)
    rows = torch.arange(n)
    known = read_examples(dataset, fixed_order(len(dataset))[:n], extractor, rows=rows.where(rows < MAX_TRAIN, -1))
    chosen = shuffled(held_out)[:n]
    baseline = read_examples(held_out, chosen, extractor, rows=torch.full_like(chosen, -1))
    protocol = f"{n:,} of the {len(dataset):,} training examples"
    return Split(baseline, known, known.select(rows[:MAX_TRAIN]), n, protocol)
