"""Digits to evaluate on, and a metric that only counts its calls."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build
from gancli.data import MNIST, ImageDataset
from gancli.evaluation import Evaluator, Metric, Report
from gancli.evaluation.inputs import EvaluationInputs
from gancli.storage import checkpoint


class Digits(ImageDataset):
    """Embedded digits, some of which may be held out."""

    def __init__(self, first: int, last: int, held_out: "Digits | None" = None) -> None:
        mnist = MNIST(source="embedded")
        assert isinstance(mnist.images, torch.Tensor)
        assert mnist.labels is not None
        super().__init__(mnist.images[first:last], mnist.labels[first:last], mnist.spec.class_names)
        self._held_out = held_out

    def held_out(self) -> "Digits | None":
        return self._held_out


@dataclass
class Counter:
    """A metric that remembers its inputs, and counts its calls."""

    seen: list[EvaluationInputs] = field(default_factory=list)

    @property
    def metric(self) -> Metric:
        return Metric(self._count, lambda inputs: True, ("calls",), caveat="it only counts")

    def _count(self, inputs: EvaluationInputs) -> dict[str, float]:
        self.seen.append(inputs)
        return {"calls": float(len(self.seen))}


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def embedded() -> Callable[..., Digits]:
    """``embedded(first, last, held_out)`` is a dataset of some of the embedded digits."""
    return Digits


@pytest.fixture
def evaluated() -> Callable[..., Report]:
    """``evaluated(run, metrics, dataset, **protocol)`` is the report of a run's newest checkpoint."""

    def report(run: Path, metrics: dict[str, Metric], dataset: Any = None, **protocol: Any) -> Report:
        saved = checkpoint.newest(run)
        recipe = build.recipe_of(saved)
        return Evaluator(recipe, dataset or build.dataset(recipe), metrics, **protocol)(saved)

    return report
