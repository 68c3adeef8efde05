"""A metric as ``gan evaluate`` knows it, and the datasets that metrics apply to."""

from collections.abc import Callable
from dataclasses import dataclass

from gancli.data import Dataset
from gancli.evaluation.inputs import EvaluationInputs

Values = dict[str, float]


@dataclass(frozen=True)
class Metric:
    """A metric by its name; slow metrics, and those of old papers only, must be asked for."""

    measure: Callable[[EvaluationInputs], Values]
    applies: Callable[[EvaluationInputs], bool]
    gives: tuple[str, ...]  # the names of its numbers
    by_default: bool = True
    caveat: str = ""
    min_examples: int = 20  # generated, and as many real: with fewer, flat grey scores like real data
    min_per_class: int = 0
    once: bool = False  # one number, of all translations, instead of one for every set of them
    has_baseline: bool = True  # real examples have this number too

    def needs(self, dataset: Dataset) -> int:
        """Generated examples, and as many real ones, that it takes for a number to mean anything."""
        return max(self.min_examples, self.min_per_class * dataset.spec.num_classes)


def has_features(dataset: Dataset) -> bool:
    """Whether its examples are compared in an extractor's features; of stacked images, each channel has a class."""
    return dataset.spec.is_image and dataset.channels is None


def has_modes(dataset: Dataset) -> bool:
    """Whether its examples are points around known modes with a width."""
    return dataset.modes is not None and dataset.sigma > 0
