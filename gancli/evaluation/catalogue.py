"""The metrics of ``gan evaluate`` by name: what each needs, and the numbers that it gives."""

from collections.abc import Callable, Iterable, Sequence

from gancli.data import Dataset
from gancli.errors import UsageError
from gancli.evaluation import measurements
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.metric import Metric, has_features, has_modes
from gancli.names import suggestion


def _has_features(inputs: EvaluationInputs) -> bool:
    return has_features(inputs.dataset)


def _is_mixture(inputs: EvaluationInputs) -> bool:
    return has_modes(inputs.dataset)


def _is_stacked(inputs: EvaluationInputs) -> bool:
    return inputs.dataset.channels is not None


def _knows_classes(inputs: EvaluationInputs) -> bool:
    return inputs.dataset.spec.num_classes > 1 and inputs.real.classes is not None


def _was_asked(inputs: EvaluationInputs) -> bool:
    """Whether images of certain classes were asked for."""
    spec = inputs.dataset.spec
    return spec.is_image and spec.num_classes > 1 and inputs.generated.labels is not None


def _knows_what_was_asked(inputs: EvaluationInputs) -> bool:
    if inputs.dataset.spec.source is not None:
        return inputs.generated.labels is not None  # the class of the translations, where a classifier knows it
    return _knows_classes(inputs) and _was_asked(inputs)


def _is_paired(inputs: EvaluationInputs) -> bool:
    return inputs.pairs is not None


def _are_compared_by(name: str) -> Callable[[EvaluationInputs], bool]:
    return lambda inputs: inputs.pairs is not None and name in inputs.pairs.found


METRICS = {
    "l1": Metric(measurements.l1, _are_compared_by("L1"), ("L1",), min_examples=1, once=True),
    "ssim": Metric(measurements.similarity, _are_compared_by("SSIM"), ("SSIM",), min_examples=1, once=True),
    "features": Metric(measurements.feature_distance, _is_paired, ("feature distance",), min_examples=1, once=True),
    "frechet": Metric(measurements.frechet, _has_features, ("FD",)),
    "kernel": Metric(measurements.kernel, _has_features, ("KD",)),
    "coverage": Metric(measurements.coverage, _has_features, ("density", "coverage")),
    # takes as long as all the others
    "precision": Metric(measurements.precision, _has_features, ("precision", "recall"), by_default=False),
    "classes": Metric(
        measurements.classes,
        _knows_classes,
        ("classes", "class KL", "rarest class", "commonest class"),
        min_per_class=10,
    ),
    "agreement": Metric(measurements.agreement, _knows_what_was_asked, ("agreement",)),
    "cycle": Metric(
        measurements.cycle,
        lambda inputs: inputs.cycle_l1 is not None,
        ("cycle L1",),
        min_examples=1,
        once=True,
        has_baseline=False,
    ),
    "taught": Metric(measurements.classification_accuracy, _was_asked, ("CAS",), by_default=False),
    "copies": Metric(measurements.copies, _has_features, ("repeated", "copied"), min_examples=2),
    "authenticity": Metric(measurements.authenticity, _has_features, ("authentic",), by_default=False),
    "bins": Metric(
        measurements.bins, _has_features, ("different bins", "bin divergence"), by_default=False, min_examples=80
    ),
    "modes": Metric(measurements.modes, _is_mixture, ("modes", "high quality", "mode KL"), min_examples=1),
    "stacked": Metric(measurements.stacked, _is_stacked, ("modes", "mode KL"), min_examples=1),
    "parzen": Metric(
        measurements.parzen,
        lambda inputs: inputs.dataset.spec.is_image,
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
    if has_modes(dataset):
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
            hint = suggestion(name, METRICS) or f"; available: {', '.join(METRICS)}"
            raise UsageError(f"--metrics: found {name!r}, which is not a metric{hint}")
    return {name: metric for name, metric in METRICS.items() if (name in names if names else full or metric.by_default)}
