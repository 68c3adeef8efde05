"""Real examples under a protocol: their sets, their numbers, and the numbers that mean something."""

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from torch import nn

from gancli.data import Dataset
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.exclusions import indistinct, no_classifier, too_few
from gancli.evaluation.feature_extractor import feature_extractor
from gancli.evaluation.generated import draw_samples
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.metric import Metric, Values
from gancli.evaluation.split import RealSets, Split, learns, split
from gancli.evaluation.standard import is_standard, named, standard_split
from gancli.extractors import Extractor
from gancli.models import GAN
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling.draw import Options


class RealData:
    """The real examples that samples are compared with, and the baseline: other real examples in the samples' place.

    Args:
        recipe: one that names the dataset.
        n: examples in a set, at most.
        seeds: of the sets.
        extractor: a file, or the name of a component; empty for the dataset's own.
    """

    def __init__(
        self, recipe: Recipe, dataset: Dataset, metrics: Mapping[str, Metric], n: int, seeds: range, extractor: str
    ) -> None:
        self._recipe, self._dataset, self._metrics = recipe, dataset, metrics
        self._n, self._seeds, self._chosen = n, seeds, extractor

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader of the numbers must know of these examples."""
        return ()

    @property
    def facts(self) -> dict[str, Any]:
        """What else has to be equal for numbers to be compared."""
        return {}

    @cached_property
    def beside(self) -> dict[str, dict[str, tuple[float, ...]]]:
        """Numbers of other images in the samples' place, by their name."""
        return {}

    @cached_property
    def extractor(self) -> Extractor | None:
        """The extractor of the images' features; None for points."""
        return feature_extractor(self._recipe, self._dataset, self._chosen)

    @cached_property
    def split(self) -> Split:
        """All real examples."""
        extractor = self.extractor
        with task("reading real examples"):
            return (standard_split if is_standard(extractor) else split)(self._dataset, extractor, self._n)

    @cached_property
    def sets(self) -> list[RealSets]:
        """A reference and a baseline for every seed."""
        return [self.split.draw(seed) for seed in self._seeds]

    @cached_property
    def baseline(self) -> dict[str, tuple[float, ...]]:
        """The numbers of real examples in the samples' place, once for every seed; those that mean something."""
        found = {name: values for name, values in self._every_baseline.items() if name not in self._indistinct}
        return {name: values for name, values in found.items() if all(map(math.isfinite, values))}

    @property
    def left_out(self) -> tuple[str, ...]:
        """A sentence for each number that would mean nothing: the reason, and how many images it needs."""
        wanted = [metric for metric in self._metrics.values() if metric.applies(self.inputs_of_real(0))]
        few = too_few(wanted, self._dataset, self.split.n, asked=self._n, learns=learns(self.extractor))
        untaught = no_classifier(self._metrics.values(), self._dataset, self.extractor)
        return tuple(dict.fromkeys([*few, *untaught, *self._indistinct.values()]))

    def applied(self, inputs: EvaluationInputs) -> dict[str, Metric]:
        """The metrics that apply to some inputs, and have enough examples."""
        enough = {name: metric for name, metric in self._metrics.items() if metric.needs(self._dataset) <= self.split.n}
        return {name: metric for name, metric in enough.items() if metric.applies(inputs)}

    def measure(self, inputs: EvaluationInputs) -> Values:
        """The numbers of some inputs that mean something."""
        return {name: value for name, value in self._measure(inputs).items() if name not in self._indistinct}

    def generated(self, gan: GAN, generator: nn.Module, options: Options) -> Callable[[int], EvaluationInputs]:
        """A function from a seed to the samples of a generator beside the real examples of that seed."""

        def drawn(seed: int) -> EvaluationInputs:
            reference = self.sets[seed].reference
            with task(f"drawing {len(reference):,} samples"):
                samples = draw_samples(gan, generator, like=reference, seed=seed, options=options)
            return self.inputs(samples, seed)

        return drawn

    def inputs(self, generated: ExampleSet, seed: int) -> EvaluationInputs:
        """Samples beside the real examples of a seed."""
        sets = self.sets[seed]
        unused = self.split.unused_rows(sets.baseline)
        return EvaluationInputs(generated, sets.reference, self.split.train, self._dataset, seed, unused)

    def inputs_of_real(self, seed: int) -> EvaluationInputs:
        """Other real examples in the samples' place."""
        return self.inputs(self.sets[seed].baseline, seed)

    def _measure(self, inputs: EvaluationInputs) -> Values:
        applied = [metric for metric in self.applied(inputs).values() if not (metric.once and inputs.seed)]
        found = {name: value for metric in applied for name, value in metric.measure(inputs).items()}
        return named(found, self.extractor)

    @cached_property
    def _every_baseline(self) -> dict[str, tuple[float, ...]]:
        found: dict[str, list[float]] = {}
        for seed in self._seeds:
            inputs = self.inputs_of_real(seed)
            with task(f"comparing real examples with others, draw {seed + 1} of {len(self._seeds)}"):
                for name, value in self._measure(inputs).items():
                    found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def _indistinct(self) -> dict[str, str]:
        return indistinct(self._every_baseline, [sets.reference for sets in self.sets], len(self._dataset))
