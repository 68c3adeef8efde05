"""The metrics applied to the inputs of an evaluation: the numbers that each gives, by name."""

import math

import torch
from torch import Tensor

from gancli import metrics
from gancli.errors import UsageError
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.metric import Values
from gancli.extractors import classifier
from gancli.extractors.examples import Examples

MAX_SEEN_FOR_CAS = 60_000  # images, at most, that a classifier sees which learns from samples alone


def frechet(inputs: EvaluationInputs) -> Values:
    """Fréchet distance."""
    return {"FD": metrics.frechet_distance(inputs.real.features, inputs.generated.features)}


def kernel(inputs: EvaluationInputs) -> Values:
    """Kernel distance."""
    real, generated = inputs.real.features, inputs.generated.features
    return {"KD": metrics.kernel_distance(real, generated, seed=inputs.seed)}


def coverage(inputs: EvaluationInputs) -> Values:
    """Density and coverage."""
    found = metrics.density_coverage(inputs.real.features, inputs.generated.features)
    return {"density": found.density, "coverage": found.coverage}


def precision(inputs: EvaluationInputs) -> Values:
    """Precision and recall."""
    found = metrics.precision_recall(inputs.real.features, inputs.generated.features)
    return {"precision": found.precision, "recall": found.recall}


def classes(inputs: EvaluationInputs) -> Values:
    """How many classes the samples show, and in which shares."""
    generated, real = inputs.generated.classes, inputs.real.classes
    assert generated is not None
    assert real is not None
    known = inputs.dataset.spec.num_classes
    found = metrics.class_balance(generated, torch.bincount(real, minlength=known) / len(real))
    shares = found.histogram / found.histogram.sum()
    return {
        "classes": found.modes,
        "class KL": found.kl,
        "rarest class": float(shares.min() * known),
        "commonest class": float(shares.max() * known),
    }


def agreement(inputs: EvaluationInputs) -> Values:
    """Share of samples of the class that was asked for."""
    assert inputs.generated.classes is not None
    assert inputs.generated.labels is not None
    return {"agreement": metrics.agreement(inputs.generated.classes, inputs.generated.labels)}


def l1(inputs: EvaluationInputs) -> Values:
    """Mean absolute difference of translations from their targets."""
    return _of_pairs(inputs, "L1")


def similarity(inputs: EvaluationInputs) -> Values:
    """Structural similarity of translations and their targets."""
    return _of_pairs(inputs, "SSIM")


def _of_pairs(inputs: EvaluationInputs, name: str) -> Values:
    assert inputs.pairs is not None
    return {name: float(inputs.pairs.found[name].mean())}


def feature_distance(inputs: EvaluationInputs) -> Values:
    """Distance of translations from their targets in the features."""
    assert inputs.pairs is not None
    return {"feature distance": float(inputs.pairs.in_features.mean())}


def cycle(inputs: EvaluationInputs) -> Values:
    """Mean absolute difference of source images from themselves, translated and back."""
    assert inputs.cycle_l1 is not None
    return {"cycle L1": float(inputs.cycle_l1.mean())}


def copies(inputs: EvaluationInputs) -> Values:
    """Shares of samples that repeat another sample, or a training example."""
    # How near real examples are to the nearest other one: to what the samples may have copied, and among themselves.
    to_train = metrics.duplicate_threshold(inputs.nearest_train_of_real.distances)
    to_others = metrics.duplicate_threshold(inputs.real.nearest_within.distances)
    return {
        "repeated": metrics.near_duplicates(inputs.generated.nearest_within.distances, to_others),
        "copied": metrics.near_duplicates(inputs.nearest_train.distances, to_train),
    }


def authenticity(inputs: EvaluationInputs) -> Values:
    """Share of samples that are farther from their nearest training example than that is from another."""
    return {"authentic": metrics.authpct(inputs.generated.features, inputs.unused_train_features) / 100}


def bins(inputs: EvaluationInputs) -> Values:
    """Statistically different bins."""
    # Cells are nearer to the shares of the examples that they are made of than to those of others: these do not count.
    cells, real = inputs.real.features.tensor_split(2)
    found = metrics.different_bins(real, inputs.generated.features, cells=cells)
    return {"different bins": found.different, "bin divergence": found.divergence}


def classification_accuracy(inputs: EvaluationInputs) -> Values:
    """Classification accuracy score (Ravuri & Vinyals, 2019, https://arxiv.org/abs/1905.10887)."""
    learned, tested = (Examples(some.kept, some.labels) for some in (inputs.generated, inputs.real))
    seen = min(MAX_SEEN_FOR_CAS, classifier.images_to_see(len(learned), inputs.dataset.spec.shape))
    network = classifier.fit(inputs.dataset.spec, learned, seed=inputs.seed, images_seen=seen)
    return {"CAS": classifier.accuracy(network, tested)}


def modes(inputs: EvaluationInputs) -> Values:
    """Modes of a mixture of Gaussians."""
    assert inputs.dataset.modes is not None
    found = metrics.mixture_modes(inputs.generated.examples, inputs.dataset.modes, inputs.dataset.sigma)
    kl = math.nan if found.reverse_kl is None else found.reverse_kl  # of no samples that are near a mode
    return {"modes": found.captured, "high quality": found.high_quality, "mode KL": kl}


def stacked(inputs: EvaluationInputs) -> Values:
    """Modes of images whose channels have classes of their own."""
    channels = inputs.dataset.channels
    assert channels is not None
    predicted = [_channel_classes(inputs.generated, channel) for channel in range(inputs.dataset.spec.shape[0])]
    found = metrics.stacked_modes(torch.stack(predicted, dim=1), channels.spec.num_classes)
    return {"modes": found.modes, "mode KL": found.kl}


def _channel_classes(samples: ExampleSet, channel: int) -> Tensor:
    """The class of each in one channel, of shape (N,)."""
    assert samples.extractor is not None
    classes = [samples.extractor.classes(block[:, channel : channel + 1]) for block in samples.blocks()]
    known = [probabilities.argmax(1) for probabilities in classes if probabilities is not None]
    if not known:
        raise UsageError(f"{samples.extractor.id} knows no classes, by which the modes of stacked images are counted")
    return torch.cat(known)


def parzen(inputs: EvaluationInputs) -> Values:
    """Parzen-window log-likelihood."""
    generated, real = ((samples.examples + 1) / 2 for samples in (inputs.generated, inputs.real))
    validation = min(1000, len(real) // 2)  # as in the paper, which has ten times as many to test on
    found = metrics.parzen_log_likelihood(generated, real[:validation], real[validation:])
    return {"Parzen log-likelihood": found.log_likelihood}
