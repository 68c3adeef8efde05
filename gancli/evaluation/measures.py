"""The metrics by name: what each needs, and the numbers that it gives."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from gancli import metrics
from gancli.data import GaussianMixture
from gancli.data.stacked import StackedMNIST
from gancli.evaluation.evidence import Evidence

Values = dict[str, float]


@dataclass(frozen=True)
class Metric:
    """A metric as ``gan evaluate`` knows it."""

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
    assert evidence.judged.classes is not None
    assert evidence.judged.labels is not None
    return {"agreement": metrics.agreement(evidence.judged.classes, evidence.judged.labels).overall}


def _copies(evidence: Evidence) -> Values:
    judged, real = evidence.judged.features, evidence.real.features
    threshold = metrics.duplicate_threshold(real)
    values = {"repeated": metrics.near_duplicates(metrics.nearest_others(judged).distances, threshold)}
    if evidence.seed is None:  # those are of the training examples themselves
        return values
    copied = metrics.nearest(judged, evidence.train.features).distances
    return values | {"copied": metrics.near_duplicates(copied, threshold)}


def _modes(evidence: Evidence) -> Values:
    assert isinstance(evidence.dataset, GaussianMixture)
    found = metrics.mixture_modes(evidence.judged.examples, evidence.dataset.modes, evidence.dataset.sigma)
    values: Values = {"modes": found.captured, "high quality": found.high_quality}
    return values if found.reverse_kl is None else values | {"mode KL": found.reverse_kl}


def _stacked(evidence: Evidence) -> Values:
    assert evidence.judged.extractor is not None
    channels = [evidence.judged.extractor.classes(it) for it in evidence.judged.examples.split(1, dim=1)]
    found = metrics.stacked_modes(torch.stack([it.argmax(1) for it in channels if it is not None], dim=1))
    return {"modes": found.modes, "mode KL": found.kl}


def _parzen(evidence: Evidence) -> Values:
    judged, real = (evidence.judged.examples + 1) / 2, (evidence.real.examples + 1) / 2
    validation = min(1000, len(real) // 2)  # as in the paper, which has ten times as many to test on
    found = metrics.parzen_log_likelihood(judged, real[:validation], real[validation:])
    return {"Parzen log-likelihood": found.log_likelihood}


def _has_features(evidence: Evidence) -> bool:
    return evidence.dataset.spec.is_image and not isinstance(evidence.dataset, StackedMNIST)


def _knows_classes(evidence: Evidence) -> bool:
    return evidence.dataset.spec.num_classes > 1 and evidence.real.classes is not None


METRICS = {
    "frechet": Metric(_frechet, _has_features),
    "kernel": Metric(_kernel, _has_features),
    "coverage": Metric(_coverage, _has_features),
    "precision": Metric(_precision, _has_features),
    "classes": Metric(_classes, _knows_classes),
    "agreement": Metric(_agreement, lambda it: _knows_classes(it) and it.judged.labels is not None),
    "copies": Metric(_copies, _has_features),
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
