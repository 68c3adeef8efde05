"""A set of generated or real examples with their features and classes, in little memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancli.data.budget import Budget
from gancli.data.pixel_values import values_of
from gancli.data.sources import SourceImages
from gancli.extractors import Extractor, as_pictures
from gancli.extractors.networks import INPUT_SIDE, reduced
from gancli.metrics import Neighbours, nearest_others

FULL_SIZE_AT_ONCE = Budget(most=500, least=64)  # examples that are full-size floats at the same time


@dataclass(frozen=True)
class ExampleSet:
    """N examples, generated or real; ``collect`` makes them.

    Images are kept as uint8 with at most 64 pixels a side. Of larger ones, the features and classes were computed from
    the full size before.
    """

    kept: Tensor  # of shape (N, C, h, w), uint8; points as they are, of shape (N, D)
    labels: Tensor | None  # of shape (N,): the classes that they have, or that were asked for
    extractor: Extractor | None
    rows: Tensor | None = None  # of shape (N,): the index of each among the training examples; −1: none
    sources: SourceImages | None = None  # the images that these are translations of
    parent: "ExampleSet | None" = None  # these were selected from it
    selected: Tensor | None = None  # their positions there
    computed: tuple[Tensor, Tensor | None] | None = None  # features and classes of images that were reduced

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def examples(self) -> Tensor:
        """Points of shape (N, D), or images in [-1, 1] of shape (N, C, h, w), of at most 64 pixels a side."""
        return self.some(slice(None))

    def some(self, rows: Tensor | slice) -> Tensor:
        """The examples at these positions."""
        kept = self.kept[rows]
        return values_of(kept) if kept.dtype == torch.uint8 else kept

    def blocks(self) -> Iterator[Tensor]:
        """The examples, some at a time."""
        size = FULL_SIZE_AT_ONCE.examples(self.kept.shape[1:])
        return (self.some(slice(first, first + size)) for first in range(0, len(self), size))

    @cached_property
    def features(self) -> Tensor:
        """Of shape (N, d); points are their own features."""
        if self.parent is not None:
            return self.parent.features[self.selected]
        if self.computed is not None:
            return self.computed[0]
        if self.extractor is None:
            return self.examples.flatten(1)
        return torch.cat([self.extractor.features(block) for block in self.blocks()])

    @cached_property
    def classes(self) -> Tensor | None:
        """The class that the extractor predicts for each, of shape (N,); None if it knows no classes."""
        if self.parent is not None:
            return None if self.parent.classes is None else self.parent.classes[self.selected]
        if self.computed is not None:
            return self.computed[1]
        if self.extractor is None:
            return None
        return _joined([_classes(self.extractor, block) for block in self.blocks()])

    @cached_property
    def nearest_within(self) -> Neighbours:
        """The nearest of the other examples to each."""
        return nearest_others(self.features)

    def select(self, chosen: Tensor) -> "ExampleSet":
        """Those at these positions, of shape (N,); features that are known are not computed again."""
        labels = None if self.labels is None else self.labels[chosen]
        rows = None if self.rows is None else self.rows[chosen]
        sources = None if self.sources is None else self.sources.select(chosen)
        return ExampleSet(self.kept[chosen], labels, self.extractor, rows, sources, self, chosen)


def collect(
    blocks: Iterable[Tensor],
    labels: Tensor | None = None,
    extractor: Extractor | None = None,
    rows: Tensor | None = None,
    sources: SourceImages | None = None,
) -> ExampleSet:
    """Examples that come in blocks of shape (n, *shape), of which few are in memory at their full size at a time."""
    kept, features, classes = [], [], []
    for block in _joined_blocks(blocks):
        kept.append(_kept(block))
        if extractor is not None and block.ndim == 4 and max(block.shape[2:]) > INPUT_SIDE:
            features.append(extractor.features(block))
            classes.append(_classes(extractor, block))
    computed = (torch.cat(features), _joined(classes)) if features else None
    return ExampleSet(torch.cat(kept), labels, extractor, rows, sources, computed=computed)


def _kept(block: Tensor) -> Tensor:
    if block.ndim != 4:
        return block.cpu()
    return reduced(as_pictures(block)).add(1).mul(127.5).round().byte()


def _joined_blocks(blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    """The same examples in blocks of ``FULL_SIZE_AT_ONCE``: an extractor's last digits depend on their size."""
    waiting: list[Tensor] = []
    for block in blocks:
        waiting.append(block)
        size = FULL_SIZE_AT_ONCE.examples(block.shape[1:])
        if sum(map(len, waiting)) >= size:
            parts = torch.cat(waiting).split(size)
            waiting = [part for part in parts if len(part) < size]
            yield from (part for part in parts if len(part) == size)
    if waiting:
        yield torch.cat(waiting)


def _classes(extractor: Extractor, images: Tensor) -> Tensor | None:
    probabilities = extractor.classes(images)
    return None if probabilities is None else probabilities.argmax(1)


def _joined(parts: list[Tensor | None]) -> Tensor | None:
    known = [part for part in parts if part is not None]
    return torch.cat(known) if known else None
