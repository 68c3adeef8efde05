"""What metrics look at: as many generated as real examples, and what an extractor sees in them."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.extractors import Extractor
from gancli.metrics import Neighbours, nearest, nearest_others


@dataclass(frozen=True)
class Side:
    """Examples of shape (N, *shape), and the labels of shape (N,) that they have or that they were asked to have."""

    examples: Tensor
    labels: Tensor | None
    extractor: Extractor | None
    rows: Tensor | None = None  # of shape (N,): where each stands among the training examples; −1: nowhere
    whole: "Side | None" = None  # what these were taken from, where their features are known already
    chosen: Tensor | None = None  # their positions there

    @cached_property
    def features(self) -> Tensor:
        """Of shape (N, d); points are their own features."""
        if self.whole is not None:
            return self.whole.features[self.chosen]
        return self.examples.flatten(1) if self.extractor is None else self.extractor.features(self.examples)

    @cached_property
    def classes(self) -> Tensor | None:
        """What class each looks like, of shape (N,); None if the extractor knows no classes."""
        if self.whole is not None:
            return None if self.whole.classes is None else self.whole.classes[self.chosen]
        probabilities = None if self.extractor is None else self.extractor.classes(self.examples)
        return None if probabilities is None else probabilities.argmax(1)

    @cached_property
    def others(self) -> Neighbours:
        """The nearest of the other examples to each."""
        return nearest_others(self.features)

    def take(self, chosen: Tensor) -> "Side":
        """Those at these positions, of shape (N,); what is known of them is not computed again."""
        labels = None if self.labels is None else self.labels[chosen]
        rows = None if self.rows is None else self.rows[chosen]
        return Side(self.examples[chosen], labels, self.extractor, rows, self, chosen)


@dataclass(frozen=True)
class Evidence:
    """Examples to judge, and real ones to judge them by."""

    judged: Side
    real: Side
    train: Side  # what the generator was trained on
    dataset: Dataset
    seed: int = 0
    strangers: Tensor | None = None  # rows of ``train`` that are in no baseline, of shape (M,); None: all

    @cached_property
    def originals(self) -> Neighbours:
        """The training example that is nearest to each that is judged, and is not this one itself."""
        return nearest(self.judged.features, self.train.features, own=self.judged.rows)

    @cached_property
    def originals_of_real(self) -> Neighbours:
        """Likewise to each of the real ones."""
        return nearest(self.real.features, self.train.features, own=self.real.rows)

    @cached_property
    def unjudged(self) -> Tensor:
        """Features of training examples, none of which is judged, of shape (M, d)."""
        return self.train.features if self.strangers is None else self.train.features[self.strangers]


def in_turn(classes: Tensor) -> Tensor:
    """The positions in ``classes``, of shape (N,), taken one of every class at a time; of a class, the first first."""
    ranks: dict[int, int] = {}
    by_rank = []
    for position, label in enumerate(classes.tolist()):
        ranks[label] = rank = ranks.get(label, -1) + 1
        by_rank.append((rank, label, position))
    return torch.tensor([position for *_, position in sorted(by_rank)])
