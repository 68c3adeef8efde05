"""The metrics by name: what each needs, and the numbers that it gives."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gancli import metrics
from gancli.data import Dataset, GaussianMixture
from gancli.data.stacked import StackedMNIST
from gancli.errors import UsageError
from gancli.evaluation.evidence import Evidence, Side
from gancli.extractors import classifier
from gancli.extractors.base import as_pictures
from gancli.extractors.examples import taken
from gancli.registry import suggestion

Values = dict[str, float]

TAUGHT = 60_000  # images that a classifier looks at which learns from samples alone


@dataclass(frozen=True)
class Metric:
    """A metric as ``gan evaluate`` knows it; one that is slow, or that only old papers report, has to be asked for."""

    measure: Callable[[Evidence], Values]
    applies: Callable[[Evidence], bool]
    by_default: bool = True
    caveat: str = ""


def _frechet(evidence: Evidence) -> Values:
    return {"FD": metrics.frechet_distance(evidence.real.features, evidence.judged.features)}


def _kernel(evidence: Evidence) -> Values:
    real, judged = evidence.real.features, evidence.judged.features
    return {"KD": metrics.kernel_distance(real, judged, seed=evidence.seed or 0)}


def _coverage(evidence: Evidence) -> Values:
    found = metrics.density_coverage(evidence.real.features, evidence.judged.features)
    return {"density": found.density, "coverage": found.coverage}


def _precision(evidence: Evidence) -> Values:
    found = metrics.precision_recall(evidence.real.features, evidence.judged.features)
    return {"precision": found.precision, "recall": found.recall}


def _classes(evidence: Evidence) -> Values:
    judged, real = evidence.judged.classes, evidence.real.classes
    assert judged is not None
    assert real is not None
    known = evidence.dataset.spec.num_classes
    found = metrics.class_balance(judged, torch.bincount(real, minlength=known) / len(real))
    shares = found.histogram / found.histogram.sum()
    return {
        "classes": found.modes,
        "class KL": found.kl,
        "rarest class": float(shares.min() * known),
        "commonest class": float(shares.max() * known),
    }


def _agreement(evidence: Evidence) -> Values:
    # The extractor has learned from the training examples, and knows their classes too well.
    side = evidence.real if evidence.seed is None else evidence.judged
    assert side.classes is not None
    assert side.labels is not None
    return {"agreement": metrics.agreement(side.classes, side.labels).overall}


def _copies(evidence: Evidence) -> Values:
    threshold = metrics.duplicate_threshold(evidence.real.features)
    # Real ones to judge are of the training examples themselves: how near these are to one another is what they get.
    copied = evidence.train.others if evidence.seed is None else evidence.originals
    return {
        "repeated": metrics.near_duplicates(evidence.judged.others.distances, threshold),
        "copied": metrics.near_duplicates(copied.distances, threshold),
    }


def _authenticity(evidence: Evidence) -> Values:
    train = evidence.train.features
    if evidence.seed is None:  # real ones are of the training examples: one half of these by the other
        known, unknown = train.tensor_split(2)
        return {"authentic": metrics.authpct(unknown, known) / 100}
    return {"authentic": metrics.authpct(evidence.judged.features, train) / 100}


def _bins(evidence: Evidence) -> Values:
    found = metrics.different_bins(evidence.real.features, evidence.judged.features)
    return {"different bins": found.different, "bin divergence": found.divergence}


def _taught(evidence: Evidence) -> Values:
    """Classification accuracy score (Ravuri & Vinyals, 2019, https://arxiv.org/abs/1905.10887)."""
    taught, tested = (taken(it.examples, it.labels) for it in (evidence.judged, evidence.real))
    network = classifier.fit(evidence.dataset.spec, taught, seed=evidence.seed or 0, looks=TAUGHT)
    return {"CAS": classifier.accuracy(network, tested)}


def _modes(evidence: Evidence) -> Values:
    assert isinstance(evidence.dataset, GaussianMixture)
    found = metrics.mixture_modes(evidence.judged.examples, evidence.dataset.modes, evidence.dataset.sigma)
    kl = math.nan if found.reverse_kl is None else found.reverse_kl  # of no samples that are near a mode
    return {"modes": found.captured, "high quality": found.high_quality, "mode KL": kl}


def _stacked(evidence: Evidence) -> Values:
    found = metrics.stacked_modes(torch.stack([_digits(evidence.judged, channel) for channel in range(3)], dim=1))
    return {"modes": found.modes, "mode KL": found.kl}


def _digits(side: Side, channel: int) -> Tensor:
    """What digit each looks like in a channel, of shape (N,)."""
    assert side.extractor is not None
    probabilities = side.extractor.classes(side.examples[:, channel : channel + 1])
    if probabilities is None:
        raise UsageError(f"{side.extractor.id} knows no digits, by which the modes of stacked digits are counted")
    return probabilities.argmax(1)


def _parzen(evidence: Evidence) -> Values:
    judged, real = ((as_pictures(side.examples) + 1) / 2 for side in (evidence.judged, evidence.real))
    validation = min(1000, len(real) // 2)  # as in the paper, which has ten times as many to test on
    found = metrics.parzen_log_likelihood(judged, real[:validation], real[validation:])
    return {"Parzen log-likelihood": found.log_likelihood}


def has_features(dataset: Dataset) -> bool:
    """Whether its examples are compared in an extractor's features; of stacked digits, each channel has a class."""
    return dataset.spec.is_image and not isinstance(dataset, StackedMNIST)


def _has_features(evidence: Evidence) -> bool:
    return has_features(evidence.dataset)


def _was_asked(evidence: Evidence) -> bool:
    """Whether what is judged was asked to be of certain classes."""
    return evidence.dataset.spec.num_classes > 1 and evidence.judged.labels is not None


def _knows_classes(evidence: Evidence) -> bool:
    return evidence.dataset.spec.num_classes > 1 and evidence.real.classes is not None


METRICS = {
    "frechet": Metric(_frechet, _has_features),
    "kernel": Metric(_kernel, _has_features),
    "coverage": Metric(_coverage, _has_features),
    "precision": Metric(_precision, _has_features, by_default=False),  # takes as long as all the others
    "classes": Metric(_classes, _knows_classes),
    "agreement": Metric(_agreement, lambda it: _knows_classes(it) and _was_asked(it)),
    "taught": Metric(_taught, lambda it: it.dataset.spec.is_image and _was_asked(it), by_default=False),
    "copies": Metric(_copies, _has_features),
    "authenticity": Metric(_authenticity, _has_features, by_default=False),
    "bins": Metric(_bins, lambda it: _has_features(it) and len(it.real.examples) >= 20, by_default=False),
    "modes": Metric(_modes, lambda it: isinstance(it.dataset, GaussianMixture)),
    "stacked": Metric(_stacked, lambda it: isinstance(it.dataset, StackedMNIST)),
    "parzen": Metric(
        _parzen,
        lambda it: it.dataset.spec.is_image,
        by_default=False,
        caveat="of use only beside papers of 2014: it says little about quality (Theis et al., 2016, "
        "https://arxiv.org/abs/1511.01844)",
    ),
}


def choose(names: Sequence[str] = (), *, full: bool = False) -> dict[str, Metric]:
    """The metrics of these names; if there are none, the usual ones, or all of them if ``full``.

    Raises UsageError for an unknown name, and for names beside ``full``.
    """
    if names and full:
        raise UsageError("--metrics and --full exclude each other: --full means all metrics")
    for name in names:
        if name not in METRICS:
            hint = suggestion(name, METRICS) or f"; there is {', '.join(METRICS)}"
            raise UsageError(f"--metrics: found {name!r}, which is no metric{hint}")
    return {name: it for name, it in METRICS.items() if (name in names if names else full or it.by_default)}
