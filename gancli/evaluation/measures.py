"""The metrics by name: what each needs, and the numbers that it gives."""

import math
from collections.abc import Callable, Iterable, Sequence
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

TAUGHT = 60_000  # images, at most, that a classifier looks at which learns from samples alone


@dataclass(frozen=True)
class Metric:
    """A metric as ``gan evaluate`` knows it; one that is slow, or that only old papers report, has to be asked for."""

    measure: Callable[[Evidence], Values]
    applies: Callable[[Evidence], bool]
    gives: tuple[str, ...]  # the names of its numbers
    by_default: bool = True
    caveat: str = ""
    least: int = 20  # examples on a side: of fewer, the number does not tell flat grey from real data
    least_a_class: int = 0

    def needs(self, dataset: Dataset) -> int:
        """Examples on a side that it takes for a number to mean anything."""
        return max(self.least, self.least_a_class * dataset.spec.num_classes)


def _frechet(evidence: Evidence) -> Values:
    return {"FD": metrics.frechet_distance(evidence.real.features, evidence.judged.features)}


def _kernel(evidence: Evidence) -> Values:
    real, judged = evidence.real.features, evidence.judged.features
    return {"KD": metrics.kernel_distance(real, judged, seed=evidence.seed)}


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
    # How near real examples are to the nearest other one: to what the samples may have copied, and among themselves.
    to_train = metrics.duplicate_threshold(evidence.originals_of_real.distances)
    to_others = metrics.duplicate_threshold(evidence.real.others.distances)
    return {
        "repeated": metrics.near_duplicates(evidence.judged.others.distances, to_others),
        "copied": metrics.near_duplicates(evidence.originals.distances, to_train),
    }


def _authenticity(evidence: Evidence) -> Values:
    return {"authentic": metrics.authpct(evidence.judged.features, evidence.unjudged) / 100}


def _bins(evidence: Evidence) -> Values:
    # Cells are nearer to the shares of the examples that they are made of than to those of others: these do not count.
    cells, real = evidence.real.features.tensor_split(2)
    found = metrics.different_bins(real, evidence.judged.features, cells=cells)
    return {"different bins": found.different, "bin divergence": found.divergence}


def _taught(evidence: Evidence) -> Values:
    """Classification accuracy score (Ravuri & Vinyals, 2019, https://arxiv.org/abs/1905.10887)."""
    taught, tested = (taken(it.examples, it.labels) for it in (evidence.judged, evidence.real))
    looks = min(TAUGHT, classifier.looks_at(len(taught), evidence.dataset.spec.shape))
    network = classifier.fit(evidence.dataset.spec, taught, seed=evidence.seed, looks=looks)
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


def _is_mixture(evidence: Evidence) -> bool:
    return isinstance(evidence.dataset, GaussianMixture) and evidence.dataset.sigma > 0


def _is_stacked(evidence: Evidence) -> bool:
    return isinstance(evidence.dataset, StackedMNIST)


def _knows_classes(evidence: Evidence) -> bool:
    return evidence.dataset.spec.num_classes > 1 and evidence.real.classes is not None


def _was_asked(evidence: Evidence) -> bool:
    """Whether what is judged are images that were asked to be of certain classes."""
    spec = evidence.dataset.spec
    return spec.is_image and spec.num_classes > 1 and evidence.judged.labels is not None


def _knows_what_was_asked(evidence: Evidence) -> bool:
    return _knows_classes(evidence) and _was_asked(evidence)


METRICS = {
    "frechet": Metric(_frechet, _has_features, ("FD",)),
    "kernel": Metric(_kernel, _has_features, ("KD",)),
    "coverage": Metric(_coverage, _has_features, ("density", "coverage")),
    # takes as long as all the others
    "precision": Metric(_precision, _has_features, ("precision", "recall"), by_default=False),
    "classes": Metric(
        _classes, _knows_classes, ("classes", "class KL", "rarest class", "commonest class"), least_a_class=10
    ),
    "agreement": Metric(_agreement, _knows_what_was_asked, ("agreement",)),
    "taught": Metric(_taught, _was_asked, ("CAS",), by_default=False),
    "copies": Metric(_copies, _has_features, ("repeated", "copied"), least=1),
    "authenticity": Metric(_authenticity, _has_features, ("authentic",), by_default=False),
    "bins": Metric(_bins, _has_features, ("different bins", "bin divergence"), by_default=False, least=80),
    "modes": Metric(_modes, _is_mixture, ("modes", "high quality", "mode KL"), least=1),
    "stacked": Metric(_stacked, _is_stacked, ("modes", "mode KL"), least=1),
    "parzen": Metric(
        _parzen,
        lambda evidence: evidence.dataset.spec.is_image,
        ("Parzen log-likelihood",),
        by_default=False,
        caveat="of use only beside papers of 2014: it says little about quality (Theis et al., 2016, "
        "https://arxiv.org/abs/1511.01844)",
    ),
}


def no_metric(chosen: Iterable[str], name: str, dataset: Dataset) -> str:
    """That none of the chosen metrics applies to a dataset of this name, and the way out."""
    found = f"none of the metrics {', '.join(chosen)} applies to {name}"
    if dataset.spec.is_image:
        return f"{found}; leave --metrics out for those that do"
    if isinstance(dataset, GaussianMixture) and dataset.sigma > 0:
        return f"{found}, a mixture of Gaussians; leave --metrics out, or ask for modes"
    way_out = "look at samples with 'gan sample RUN', or at the losses with 'gan plot-losses RUN'"
    return f"{found}: they are for images and for mixtures of Gaussians with a width, such as ring and grid; {way_out}"


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
