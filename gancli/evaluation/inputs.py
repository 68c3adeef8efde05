"""Inputs of the metrics: as many generated as real examples, and the training examples."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.pair_errors import PairErrors
from gancli.metrics import Neighbours, nearest


@dataclass(frozen=True)
class EvaluationInputs:
    """Examples to evaluate, and real ones to compare them with."""

    generated: ExampleSet
    real: ExampleSet
    train: ExampleSet  # that the generator was trained on
    dataset: Dataset
    seed: int = 0
    unused_rows: Tensor | None = None  # rows of ``train`` that are in no baseline, of shape (M,); None: all
    pairs: PairErrors | None = None  # of all translations; None: there are no targets of their own
    cycle_l1: Tensor | None = None  # of all source images, translated and back, of shape (N,)

    @cached_property
    def nearest_train(self) -> Neighbours:
        """The training example nearest to each generated one, other than itself."""
        return nearest(self.generated.features, self.train.features, own=self.generated.rows)

    @cached_property
    def nearest_train_of_real(self) -> Neighbours:
        """Likewise to each of the real ones."""
        return nearest(self.real.features, self.train.features, own=self.real.rows)

    @cached_property
    def unused_train_features(self) -> Tensor:
        """Features of training examples that are not evaluated as a baseline, of shape (M, d)."""
        return self.train.features if self.unused_rows is None else self.train.features[self.unused_rows]


def interleave_classes(classes: Tensor) -> Tensor:
    """The positions in ``classes``, of shape (N,), one of every class at a time; those of a class stay in order."""
    ranks: dict[int, int] = {}
    by_rank = []
    for position, label in enumerate(classes.tolist()):
        ranks[label] = rank = ranks.get(label, -1) + 1
        by_rank.append((rank, label, position))
    return torch.tensor([position for *_, position in sorted(by_rank)])
