"""The source images that are translated in an evaluation, and the targets that their translations are compared with.

Two sets of targets are drawn: the translations of the sources of one are compared with the other. Beside the targets of
their own sources, translations would have a lower FD than real images have.
"""

from dataclasses import replace

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.errors import DataError
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.split import MAX_TRAIN, MIN_PER_SET, Split, learns, num_for_evaluation, read_examples, shuffled
from gancli.extractors import Extractor, fixed_order

MIN_PAIRS = 2  # so that every image has another target beside its own
MIN_UNPAIRED = 40  # images of each domain: two sets of 20, below which flat grey scores like real images


def evaluated_examples(dataset: Dataset) -> tuple[Dataset, str]:
    """The examples whose sources are translated, and what a reader has to know of them; empty for held-out ones."""
    assert dataset.spec.source is not None
    paired = dataset.spec.source.paired
    held_out, least, things = dataset.held_out(), *((MIN_PAIRS, "pairs") if paired else (MIN_UNPAIRED, "images"))
    if held_out is not None and len(held_out) >= least:
        return held_out, ""
    few = f"too few {things} are held out, {len(held_out or ())} of at least {least}"
    found = f"no {things} are held out" if held_out is None else few
    amount = "more" if held_out else "some"
    place = "test/, or into testA/ and testB/" if paired else "testA/ and testB/"
    return dataset, (
        f"{found}: training {things} were translated, which are known to the model; the numbers do not say how well it "
        f"translates new images. Where the dataset is a folder, put {amount} into {place}"
    )


def translation_split(dataset: Dataset, extractor: Extractor | None, n: int) -> Split:
    """At most ``2 n`` examples, held-out ones if there are enough, from which two sets are drawn.

    Of unpaired images, a target that is there twice is taken once, so that no set holds a target of the other.

    Raises DataError for too few of them.
    """
    assert dataset.spec.source is not None
    shown, _ = evaluated_examples(dataset)
    train = read_examples(dataset, fixed_order(len(dataset))[:MAX_TRAIN], extractor)
    unseen = _held_out(shown, extractor, n) if shown is not dataset else _of_training(dataset, train, extractor, n)
    if not dataset.spec.source.paired:
        unseen = _distinct(unseen)
    least = MIN_PAIRS if dataset.spec.source.paired else 2 * MIN_PER_SET
    if len(unseen) < least:
        raise DataError(f"found {len(unseen)} different images to translate, expected at least {least}")
    half, kind = min(n, len(unseen) // 2), "training" if shown is dataset else "held-out"
    protocol = f"{half:,} of the {len(unseen):,} {kind} targets, none of them of its source"
    return Split(unseen, None, train, half, protocol)


def _held_out(dataset: Dataset, extractor: Extractor | None, n: int) -> ExampleSet:
    chosen = shuffled(dataset)[: 2 * n]
    return read_examples(dataset, chosen, extractor, rows=torch.full_like(chosen, -1))


def _of_training(dataset: Dataset, train: ExampleSet, extractor: Extractor | None, n: int) -> ExampleSet:
    """Training examples that no extractor has learned from; those in ``train`` are known by their position there."""
    left = min(num_for_evaluation(len(dataset), learns=learns(extractor)), 2 * n)
    rows = torch.arange(left)
    if left <= len(train):
        return replace(train.select(rows), rows=rows)
    known = rows.where(rows < len(train), -1)
    return read_examples(dataset, fixed_order(len(dataset))[:left], extractor, rows=known)


def _distinct(samples: ExampleSet) -> ExampleSet:
    first: dict[bytes, int] = {}
    for position, image in enumerate(samples.kept):
        first.setdefault(image.numpy().tobytes(), position)
    chosen: Tensor = torch.tensor(list(first.values()))
    return samples if len(chosen) == len(samples) else samples.select(chosen)
