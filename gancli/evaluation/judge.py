"""One protocol, by which any number of checkpoints are judged alike."""

import math
import statistics
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from gancli import build
from gancli.data import Dataset
from gancli.data.base import not_finite
from gancli.data.stacked import StackedMNIST
from gancli.errors import DataError, DivergedError, UsageError
from gancli.evaluation.evidence import Evidence, Side
from gancli.evaluation.features import compared_in
from gancli.evaluation.limits import indistinct, no_classifier, too_few
from gancli.evaluation.measures import Metric, Values, has_features, no_metric
from gancli.evaluation.pictures import pairs
from gancli.evaluation.report import Report, scores_over
from gancli.evaluation.split import Draw, Split, learns, split
from gancli.extractors import Extractor, Frozen
from gancli.metrics import subset_size
from gancli.models import GAN
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling import draw
from gancli.storage.checkpoint import Checkpoint

VERSION = 2  # of the protocol: since then nothing has been fitted on what is judged, or judges
SAMPLES = 10_000
STACKED = 26_000  # as VEEGAN and PacGAN draw: how many of 1000 modes are hit depends on it
SETS = 5  # of samples


class Judge:
    """Real examples, what they are compared in, and metrics. Call it with a checkpoint for a Report.

    Args:
        recipe: one that names the dataset.
        n: samples, and real examples to judge them by, at most; by default, as many as is usual for such data.
        seeds: so many sets of samples are drawn.
        extractor: a file, or the name of a component; by default, the dataset's own.

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
        seeds: int = SETS,
        extractor: str = "",
        device: torch.device | None = None,
    ) -> None:
        self.recipe, self.dataset, self.metrics = recipe, dataset, metrics
        self.n = n or (STACKED if isinstance(dataset, StackedMNIST) else SAMPLES)
        self.seeds = range(seeds)
        self.device = device or torch.device("cpu")
        self._chosen = extractor

    @cached_property
    def extractor(self) -> Extractor | None:
        """What images are compared in; points are compared as they are."""
        return compared_in(self.recipe, self.dataset, self._chosen)

    @cached_property
    def real(self) -> Split:
        """The real examples."""
        extractor = self.extractor
        with task("reading real examples"):
            return split(self.dataset, extractor, self.n)

    @cached_property
    def baseline(self) -> dict[str, tuple[float, ...]]:
        """What real examples get in the samples' place, once for every seed; of numbers that mean something."""
        found = {name: values for name, values in self._every_baseline.items() if name not in self._indistinct}
        return {name: values for name, values in found.items() if all(map(math.isfinite, values))}

    @property
    def floor(self) -> Values:
        """The means of these."""
        return {name: statistics.fmean(values) for name, values in self.baseline.items()}

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, of the extractor and of the metrics."""
        applied = self._applied(self._of_real(0))
        found = (self.extractor.caveat if self.extractor else "", *(metric.caveat for metric in applied.values()))
        return (*self._learned_from_these(), *filter(None, found))

    @property
    def absent(self) -> tuple[str, ...]:
        """What is left out because it would mean nothing, and how many images it takes."""
        wanted = [metric for metric in self.metrics.values() if metric.applies(self._of_real(0))]
        few = too_few(wanted, self.dataset, self.real.n, learns=learns(self.extractor))
        untaught = no_classifier(self.metrics.values(), self.dataset, self.extractor)
        return tuple(dict.fromkeys([*few, *untaught, *self._indistinct.values()]))

    @property
    def protocol(self) -> dict[str, Any]:
        """What has to be equal for numbers to be compared."""
        facts = {
            "version": VERSION,
            "dataset": self.recipe.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "reference": self.real.protocol,
            "n": self.real.n,
            "seeds": list(self.seeds),
            "extractor": self.extractor.id if self.extractor else None,
            "metrics": list(self.metrics),
        }
        if "kernel" in self._applied(self._of_real(0)):
            facts["kernel_subset"] = subset_size(self._draws[0].reference.examples, self._draws[0].baseline.examples)
        return facts

    def __call__(self, saved: Checkpoint) -> Report:
        if saved.data != self.dataset.spec:
            raise DataError(
                f"{saved.file}: was trained on {saved.data}, and the dataset {self.recipe.dataset.name!r} is now "
                f"{self.dataset.spec}; bring the old data back, or train anew"
            )
        gan, generator = build.from_checkpoint(saved, self.device)
        first = self._of_samples(gan, generator, 0)
        self.refuse_nothing(first)
        measured = []
        for seed in self.seeds:
            evidence = self._of_samples(gan, generator, seed) if seed else first
            with task(f"judging samples, set {seed + 1} of {len(self.seeds)}"):
                measured.append(self._numbers(evidence))
        return Report(
            scores_over(measured, self.baseline),
            {
                "checkpoint": str(saved.file or ""),
                "step": saved.step,
                "recipe": saved.name,
                "weights": "averaged" if saved.recipe["train"]["ema"] else "last",
            },
            self.protocol,
            (*self._data_change(saved), *self.caveats),
            pairs(first) if has_features(self.dataset) else {},
            tuple(name for name, metric in self.metrics.items() if not metric.applies(first)),
            self.absent,
        )

    def of(self, samples: Callable[[Side], Tensor], seed: int = 0) -> Values:
        """The numbers of samples: as many as there are examples in the reference, and of its classes."""
        reference = self._draws[seed].reference
        return self._numbers(self._evidence(Side(samples(reference), reference.labels, reference.extractor), seed))

    def refuse_nothing(self, samples: Evidence | None = None) -> None:
        """Raise UsageError if no metric applies to samples, DataError if there is too little data for those that do."""
        evidence = samples or self._of_real(0)
        if not any(metric.applies(evidence) for metric in self.metrics.values()):
            raise UsageError(no_metric(self.metrics, self.recipe.dataset.name, self.dataset))
        if not self.baseline.keys() & {name for it in self._applied(evidence).values() for name in it.gives}:
            raise DataError("; ".join(self.absent) or "real examples get no number that is finite")

    def _numbers(self, evidence: Evidence) -> Values:
        found = _measure(self._applied(evidence), evidence)
        return {name: value for name, value in found.items() if name not in self._indistinct}

    @cached_property
    def _draws(self) -> list[Draw]:
        return [self.real.draw(seed) for seed in self.seeds]

    @cached_property
    def _every_baseline(self) -> dict[str, tuple[float, ...]]:
        found: dict[str, list[float]] = {}
        for seed in self.seeds:
            evidence = self._of_real(seed)
            with task(f"judging real examples by others, draw {seed + 1} of {len(self.seeds)}"):
                for name, value in _measure(self._applied(evidence), evidence).items():
                    found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def _indistinct(self) -> dict[str, str]:
        return indistinct(self._every_baseline, [draw.reference for draw in self._draws], len(self.dataset))

    def _learned_from_these(self) -> Iterator[str]:
        if isinstance(self.extractor, Frozen) and self.extractor.record.fingerprint == self.dataset.fingerprint:
            yield "this extractor has learned from images that judge here; without --extractor one is made that has not"

    def _data_change(self, saved: Checkpoint) -> Iterator[str]:
        if saved.fingerprint != self.dataset.fingerprint:
            yield "the data is not what this was trained on; it is judged by what is here now"

    def _applied(self, evidence: Evidence) -> dict[str, Metric]:
        enough = {name: it for name, it in self.metrics.items() if it.needs(self.dataset) <= self.real.n}
        return {name: metric for name, metric in enough.items() if metric.applies(evidence)}

    def _of_real(self, seed: int) -> Evidence:
        return self._evidence(self._draws[seed].baseline, seed)

    def _of_samples(self, gan: GAN, generator: nn.Module, seed: int) -> Evidence:
        return self._evidence(self._sampled(gan, generator, seed), seed)

    def _evidence(self, judged: Side, seed: int) -> Evidence:
        draw = self._draws[seed]
        strangers = self.real.strangers(draw.baseline)
        return Evidence(judged, draw.reference, self.real.train, self.dataset, seed, strangers)

    def _sampled(self, gan: GAN, generator: nn.Module, seed: int) -> Side:
        """As many samples as there are real examples to judge by, of the same classes if they can be asked for."""
        reference = self._draws[seed].reference
        labels = reference.labels if gan.num_classes else None
        with task(f"drawing {len(reference.examples):,} samples"):
            samples = draw.sample(gan, generator, len(reference.examples), seed=seed, labels=labels)
        if bad := not_finite(samples):
            raise DivergedError(f"{bad:,} of {len(samples):,} samples are not finite; judge an earlier checkpoint")
        return Side(samples, labels, reference.extractor)


def _measure(metrics: dict[str, Metric], evidence: Evidence) -> Values:
    return {name: value for metric in metrics.values() for name, value in metric.measure(evidence).items()}
