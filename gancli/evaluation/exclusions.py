"""Exclusion of numbers that would mean nothing: a sentence gives the reason, and how many images are needed."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from gancli.data import Dataset
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.metric import Metric
from gancli.evaluation.split import examples_needed
from gancli.extractors import Extractor, labelled_images_needed
from gancli.metrics import agreement

MIN_RATIO = 4  # times as far from real images as other real ones are, a flat colour has to be at least
OF_CLASSES = ("classes", "class KL", "rarest class", "commonest class", "agreement")  # by a classifier


def too_few(metrics: Iterable[Metric], dataset: Dataset, n: int, *, asked: int, learns: bool) -> list[str]:
    """A sentence for the numbers of metrics that take more than ``n`` examples, which are at most those asked for."""
    by_need: dict[int, list[str]] = {}
    for metric in metrics:
        if metric.needs(dataset) > n:
            by_need.setdefault(metric.needs(dataset), []).extend(metric.gives)

    def reason(need: int) -> str:
        if n == asked:
            return f"they need --n {need}; found {n}"
        return f"{examples_needed(need, dataset, learns=learns)} are needed; here are {len(dataset):,}"

    return [f"{with_verb(names)} left out: {reason(need)}" for need, names in sorted(by_need.items())]


def no_classifier(metrics: Iterable[Metric], dataset: Dataset, extractor: Extractor | None) -> list[str]:
    """A sentence, if there are classes and a classifier of them would have too little to learn from."""
    classes = dataset.spec.num_classes
    needed = labelled_images_needed(classes)
    names = [name for metric in metrics for name in metric.gives if name in OF_CLASSES]
    if not names or classes < 2 or len(dataset) >= needed or extractor is None or extractor.learns:
        return []
    reason = f"a classifier of {classes} classes needs {needed:,} images; here are {len(dataset):,}"
    return [f"{with_verb(names)} left out: {reason}"]


def indistinct(baseline: Mapping[str, Sequence[float]], real: Sequence[ExampleSet], images: int) -> dict[str, str]:
    """The numbers that are no better for real examples than for a flat colour, each with the reason.

    Args:
        baseline: what real examples get, in several draws.
        real: the real examples that they were compared with.
        images: how many there are in all.
    """
    found = dict.fromkeys(baseline, "") | _unknown_classes(baseline, real)
    for distance in {"FD", "FID"} & baseline.keys():
        # A constant has no covariance: its distance is the variance of the real ones, or more.
        flat = statistics.fmean(float(samples.features.double().var(0).sum()) for samples in real)
        other = statistics.fmean(baseline[distance])
        if other * MIN_RATIO > flat:
            found[distance] = (
                f"{distance} is left out: real images get {other:.3g}, and a flat colour may get {flat:.3g}"
            )
            if flat > 0:  # the distance of real ones falls as their number grows
                needed = round(images * MIN_RATIO * other / flat, -1)
                found[distance] += f"; about {needed:,.0f} images are needed, here are {images:,}"
    return {name: reason for name, reason in found.items() if reason}


def _unknown_classes(baseline: Mapping[str, Sequence[float]], real: Sequence[ExampleSet]) -> dict[str, str]:
    """Classes are known if a classifier is right in more than half of what chance leaves."""
    labels = real[0].labels
    if labels is None:
        return {}
    enough = (1 + float(labels.bincount().max()) / len(labels)) / 2
    found: dict[str, str] = {}
    names = [name for name in OF_CLASSES if name in baseline]
    if names and (share := statistics.fmean(_accuracy(samples) for samples in real)) < enough:
        reason = f"left out: the classifier names only {share:.0%} of the real images that it has not learned from"
        found |= dict.fromkeys(names, f"{with_verb(names)} {reason}")
    if "CAS" in baseline and (share := statistics.fmean(baseline["CAS"])) < enough:
        found["CAS"] = f"CAS is left out: so few real images teach a classifier to name only {share:.0%} of others"
    return found


def _accuracy(samples: ExampleSet) -> float:
    assert samples.classes is not None
    assert samples.labels is not None
    return agreement(samples.classes, samples.labels)


def with_verb(names: Sequence[str]) -> str:
    """``FD is``, ``FD and KD are``, …"""
    *first, last = names
    return f"{', '.join(first)} and {last} are" if first else f"{last} is"
