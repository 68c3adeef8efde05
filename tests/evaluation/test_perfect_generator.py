"""A perfect generator scores as real data does, at every number of images at which there is a number; grey does not."""

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from gancli import recipe
from gancli.evaluation import Evaluator, choose
from gancli.evaluation.example_set import ExampleSet
from gancli.extractors.classifier import train_classifier
from tests.evaluation.synthetic import DISTRIBUTIONS, dataset, drawn

Scores = dict[str, list[float]]

SIZES = [24, 48, 100, 200, 500, 1000]
SEEDS = 3
METRICS = ["frechet", "kernel", "coverage", "precision", "classes", "agreement", "copies", "bins"]
TELLING = {  # far from these numbers of real data is a flat colour, in this direction
    "FD": 1, "KD": 1, "coverage": -1, "recall": -1, "classes": -1, "class KL": 1, "rarest class": -1,
    "commonest class": 1, "agreement": -1, "CAS": -1, "repeated": 1, "bin divergence": 1, "different bins": 1,
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that is short; these classes are easy to distinguish."""
    monkeypatch.setattr("gancli.extractors.source.train_classifier", partial(train_classifier, images_seen=6400))
    monkeypatch.setattr("gancli.evaluation.measurements.MAX_SEEN_FOR_CAS", 1500)


def make_evaluator(name: str, n: int, seed: int, *, labelled: bool, metrics: Sequence[str] = METRICS) -> Evaluator:
    real = dataset(name, n, seed, labelled=labelled)
    return Evaluator(recipe.load(recipe.locate("fashion_dcgan")), real, choose(metrics), seeds=SEEDS)


def scores(evaluator: Evaluator, samples: Callable[[int, ExampleSet], Tensor]) -> Scores:
    """What samples get that a seed and the reference are given to."""
    found: Scores = {}
    for seed in evaluator.seeds:
        for name, value in evaluator.evaluate_samples(lambda side, seed=seed: samples(seed, side), seed).items():
            found.setdefault(name, []).append(value)
    return found


def fresh(name: str, seed: int, reference: ExampleSet) -> Tensor:
    """Others of the same distribution, and of the same classes."""
    n = len(reference.examples)
    images, labels = drawn(name, 4 * n, 1000 + seed)
    if reference.labels is None:
        return images[torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))[:n]]
    of_class = [iter((labels == label).nonzero().flatten().tolist()) for label in (0, 1)]
    return images[[next(of_class[label]) for label in reference.labels.tolist()]]


def worse_by(name: str, values: list[float], than: tuple[float, ...]) -> float:
    """How far the mean is beyond the worst of the real ones, in the direction that is worse."""
    direction = TELLING[name]
    return direction * statistics.fmean(values) - max(direction * value for value in than)


TRAINED = {100: "gradients", 200: "shapes", 500: "stripes", 1000: "stripes"}
CASES = [
    # Of so many labelled images classifiers are trained, which takes a while: by default, of one distribution.
    pytest.param(n, name, labelled, marks=[pytest.mark.full] * (labelled and TRAINED.get(n, name) != name))
    for n in SIZES
    for name in DISTRIBUTIONS
    for labelled in (False, True)
]


@pytest.mark.parametrize(("n", "name", "labelled"), CASES)
def test_fresh_images_score_as_real_ones_and_grey_far_worse(n: int, name: str, labelled: bool) -> None:
    evaluator = make_evaluator(name, n, n, labelled=labelled)
    perfect = scores(evaluator, partial(fresh, name))
    grey = scores(evaluator, lambda seed, reference: torch.full_like(reference.examples, 0.1))
    baseline = evaluator.baseline
    assert perfect.keys() == grey.keys() == baseline.keys() >= {"copied", "repeated"}
    assert statistics.fmean(perfect["copied"]) <= 0.02
    assert statistics.fmean(perfect["repeated"]) <= 0.02
    assert statistics.fmean(baseline["copied"]) <= 0.02
    assert statistics.fmean(grey["copied"]) == 0
    for name_of_number in baseline.keys() & TELLING.keys():
        real = baseline[name_of_number]
        spread = max(real) - min(real)
        found = statistics.fmean(perfect[name_of_number])
        assert min(real) - 1.5 * spread - 0.05 <= found <= max(real) + 1.5 * spread + 0.05, name_of_number
        assert worse_by(name_of_number, grey[name_of_number], real) > max(0.1, 0.5 * spread), name_of_number
    if "FD" in baseline:
        assert statistics.fmean(grey["FD"]) > 4 * statistics.fmean(baseline["FD"])
        assert statistics.fmean(perfect["FD"]) < 2 * max(baseline["FD"])


@pytest.mark.parametrize("labelled", [False, True], ids=["unlabelled", "labelled"])
def test_where_there_are_too_few_a_sentence_says_how_many_it_takes(labelled: bool) -> None:
    few = make_evaluator("stripes", 24, 0, labelled=labelled)
    assert few.baseline.keys() == {"copied", "repeated"}
    assert few.left_out[:2] == (
        "FD, KD, density, coverage, precision and recall are left out: 40 images are needed; here are 24",
        "different bins and bin divergence are left out: 160 images are needed; here are 24",
    )
    classes = "classes, class KL, rarest class, commonest class and agreement are left out: a classifier of 2 classes"
    assert few.left_out[2:] == ((f"{classes} needs 100 images; here are 24",) if labelled else ())
    enough = make_evaluator("stripes", 267 if labelled else 160, 0, labelled=labelled)
    assert enough.left_out == ()
    assert {"FD", "KD", "coverage", "different bins"} <= enough.baseline.keys()
    assert ("agreement" in enough.baseline) == labelled


def test_a_classifier_that_names_nothing_gives_no_numbers_of_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.extractors.source.train_classifier", partial(train_classifier, images_seen=64))
    real = dataset("stripes", 200, 0, labelled=True)
    assert real.labels is not None
    real.labels = real.labels[torch.randperm(200)]  # which say nothing of the images
    made = Evaluator(recipe.load(recipe.locate("fashion_dcgan")), real, choose(), seeds=2)
    assert "agreement" not in made.baseline
    assert "FD" in made.baseline or any(sentence.startswith("FD is left out") for sentence in made.left_out)
    assert any("agreement are left out: the classifier names only" in sentence for sentence in made.left_out)


def test_a_copier_is_found_at_every_size() -> None:
    for n in SIZES:
        evaluator = make_evaluator("shapes", n, n, labelled=False, metrics=["copies"])

        def copies(seed: int, reference: ExampleSet, evaluator: Any = evaluator) -> Tensor:
            return evaluator.real.train.examples[: len(reference.examples)]

        assert statistics.fmean(scores(evaluator, copies)["copied"]) == 1


def test_where_too_few_were_asked_for_a_sentence_names_the_option() -> None:
    real = dataset("stripes", 400, 0, labelled=False)
    asked = Evaluator(recipe.load(recipe.locate("fashion_dcgan")), real, choose(METRICS), n=15, seeds=1)
    assert "FD, KD, density, coverage, precision and recall are left out: they need --n 20; found 15" in asked.left_out
