"""One protocol, by which any number of checkpoints are evaluated alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from gancli import build
from gancli.data import Dataset
from gancli.errors import DataError, DivergedError, UsageError
from gancli.evaluation import standard
from gancli.evaluation.catalogue import no_metric
from gancli.evaluation.example_set import ExampleSet, collect
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.metric import Metric, Values, has_features
from gancli.evaluation.pictures import pairs
from gancli.evaluation.real_data import RealData
from gancli.evaluation.report import Report
from gancli.evaluation.score import scores_over
from gancli.evaluation.split import Split
from gancli.evaluation.translation_data import TranslationData
from gancli.extractors import Extractor, Frozen
from gancli.metrics import subset_size
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling.directions import of_sampler
from gancli.sampling.draw import NO_OPTIONS
from gancli.sampling.options import sampling_options
from gancli.storage.checkpoint import Checkpoint

VERSION = 2  # of the protocol: since then nothing has been fitted on the examples of either set
NUM_EVALUATED = 10_000
NUM_STACKED = 26_000  # as VEEGAN and PacGAN draw: how many of 1000 modes are hit depends on it
NUM_SETS = 5  # of samples


class Evaluator:
    """Real examples, the features they are compared in, and metrics. Call it with a checkpoint for a Report.

    Args:
        recipe: one that names the dataset.
        n: samples, and real examples to compare with, at most; by default, as many as is usual for such data.
        seeds: so many sets of samples are drawn.
        extractor: a file, or the name of a component; by default, the dataset's own.
        options: of the model's sampler, by name.

    Raises DataError for a dataset of other facts than the checkpoint's or of too few examples, UsageError if none of
    the metrics applies, DivergedError for samples that are not finite.
    """

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        metrics: dict[str, Metric],
        *,
        n: int | None = None,
        seeds: int = NUM_SETS,
        extractor: str = "",
        options: Mapping[str, Any] = NO_OPTIONS,
        device: torch.device | None = None,
    ) -> None:
        self.recipe, self.dataset, self.metrics = recipe, dataset, metrics
        self.n = n or (NUM_EVALUATED if dataset.channels is None else NUM_STACKED)
        self.seeds = range(seeds)
        self.device = device or torch.device("cpu")
        self.options = options
        kind = RealData if dataset.spec.source is None else TranslationData
        self.real_data = kind(recipe, dataset, metrics, self.n, self.seeds, extractor)

    @property
    def extractor(self) -> Extractor | None:
        """The extractor of the images' features; points are compared as they are."""
        return self.real_data.extractor

    @property
    def real(self) -> Split:
        """The real examples."""
        return self.real_data.split

    @property
    def baseline(self) -> dict[str, tuple[float, ...]]:
        """The numbers of real examples in the samples' place, once for every seed; those that mean something."""
        return self.real_data.baseline

    @property
    def beside(self) -> dict[str, dict[str, tuple[float, ...]]]:
        """The numbers of other images in the samples' place: of a model that translates, of the input copied."""
        return self.real_data.beside

    @property
    def left_out(self) -> tuple[str, ...]:
        """A sentence for each number that would mean nothing: the reason, and how many images it needs."""
        return self.real_data.left_out

    @property
    def caveats(self) -> tuple[str, ...]:
        """All that a reader of the numbers must know, of the extractor and of the metrics."""
        applied = self.real_data.applied(self.real_data.inputs_of_real(0))
        found = (self.extractor.caveat if self.extractor else "", *(metric.caveat for metric in applied.values()))
        return (
            *self.real_data.caveats,
            *self._learned_from_these(),
            *standard.caveats(self.extractor, self.real.n),
            *filter(None, found),
        )

    @property
    def protocol(self) -> dict[str, Any]:
        """All that has to be equal for numbers to be compared."""
        facts = {
            "version": VERSION,
            "dataset": self.recipe.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "reference": self.real.protocol,
            "n": self.real.n,
            "seeds": list(self.seeds),
            "extractor": self.extractor.id if self.extractor else None,
            "metrics": list(self.metrics),
            **self.real_data.facts,
        } | ({"options": dict(self.options)} if self.options else {})
        if "kernel" in self.real_data.applied(self.real_data.inputs_of_real(0)):
            sets = self.real_data.sets[0]
            facts["kernel_subset"] = subset_size(sets.reference.kept, sets.baseline.kept)
        return facts

    def __call__(self, saved: Checkpoint) -> Report:
        if saved.data != self.dataset.spec:
            raise DataError(
                f"{saved.file}: was trained on {saved.data}, and the dataset {self.recipe.dataset.name!r} is now "
                f"{self.dataset.spec}; restore the old data, or train again"
            )
        gan, generator = build.from_checkpoint(saved, self.device)
        self.options = sampling_options(gan, self.options)
        try:
            inputs_of = self.real_data.generated(gan, generator, of_sampler(self.options, self.recipe))
            return self._evaluated(saved, inputs_of)
        except DivergedError as error:
            raise DivergedError(f"{error}; evaluate an earlier checkpoint") from None

    def _evaluated(self, saved: Checkpoint, inputs_of: Callable[[int], EvaluationInputs]) -> Report:
        first = inputs_of(0)
        self.check_applicable(first)
        measured = []
        for seed in self.seeds:
            inputs = inputs_of(seed) if seed else first
            with task(f"evaluating samples, set {seed + 1} of {len(self.seeds)}"):
                measured.append(self.real_data.measure(inputs))
        return self._report(saved, measured, first)

    def _report(self, saved: Checkpoint, measured: list[Values], first: EvaluationInputs) -> Report:
        about = {
            "checkpoint": str(saved.file or ""),
            "step": saved.step,
            "recipe": saved.name,
            "weights": "averaged" if saved.recipe["train"]["ema"] else "last",
        }
        return Report(
            scores_over(measured, self.baseline, self.beside),
            about,
            self.protocol,
            (*self._data_change(saved), *self.caveats),
            pairs(first) if has_features(self.dataset) and len(first.generated) > 1 else {},
            tuple(name for name, metric in self.metrics.items() if not metric.applies(first)),
            self.left_out,
        )

    def evaluate_samples(self, samples: Callable[[ExampleSet], Tensor], seed: int = 0) -> Values:
        """The numbers of samples that are made for a reference: as many, and of its classes."""
        reference = self.real_data.sets[seed].reference
        generated = collect([samples(reference)], reference.labels, reference.extractor)
        return self.real_data.measure(self.real_data.inputs(generated, seed))

    def check_applicable(self, samples: EvaluationInputs | None = None) -> None:
        """Raise UsageError if no metric applies to samples, DataError if there is too little data for those that do."""
        inputs = samples or self.real_data.inputs_of_real(0)
        if not any(metric.applies(inputs) for metric in self.metrics.values()):
            raise UsageError(no_metric(self.metrics, self.recipe.dataset.name, self.dataset))
        applied = self.real_data.applied(inputs).values()
        given = {name: metric for metric in applied for name in metric.gives}
        if (
            all(metric.has_baseline for metric in applied)
            and not self.baseline.keys() & standard.named(given, self.extractor).keys()
        ):
            raise DataError("; ".join(self.left_out) or "no number of the real examples is finite")

    def _learned_from_these(self) -> Iterator[str]:
        if isinstance(self.extractor, Frozen) and self.extractor.record.fingerprint == self.dataset.fingerprint:
            yield "this extractor was trained on images of this evaluation; leave out --extractor for the default one"

    def _data_change(self, saved: Checkpoint) -> Iterator[str]:
        if saved.fingerprint != self.dataset.fingerprint:
            yield "the data has changed since the training; the samples are compared with the data that is here now"
