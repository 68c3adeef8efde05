"""The extractors that come with the package are what they say they are, and as good as they say."""

from collections.abc import Callable

import pytest
import torch

from gancli.data import MNIST, Dataset, FashionMNIST
from gancli.extractors import Frozen, learnable, load
from gancli.extractors.classifier import accuracy, train
from gancli.extractors.examples import learned_and_unseen
from gancli.extractors.networks import ClassifierV1
from gancli.extractors.source import SHIPPED

Make = Callable[[], Dataset]
DATASETS: dict[str, tuple[Make, float]] = {
    "mnist": (lambda: MNIST(source="embedded"), 0.985),
    "fashion-mnist": (FashionMNIST, 0.90),
}


@pytest.fixture(scope="module", params=DATASETS)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def dataset(name: str) -> Dataset:
    return DATASETS[name][0]()


@pytest.fixture(scope="module")
def shipped(name: str) -> Frozen:
    return load(SHIPPED[name])  # which compares the digest of the weights with the id


def test_it_is_of_this_dataset_and_small(name: str, dataset: Dataset, shipped: Frozen) -> None:
    record = shipped.record
    assert (record.fingerprint, record.data) == (learnable(dataset).fingerprint, dataset.spec)
    assert SHIPPED[name].stat().st_size < 400_000
    assert shipped.id.startswith("classifier-v1@sha256:")
    assert record.dataset.startswith(f"{record.examples:,} of the {len(dataset):,} training examples of")
    assert shipped.caveat == ""


def test_it_names_the_classes_of_images_that_it_has_not_seen(name: str, dataset: Dataset, shipped: Frozen) -> None:
    _, unseen = learned_and_unseen(learnable(dataset), shipped.record.seed)
    gate = DATASETS[name][1]
    assert shipped.record.gate == gate
    assert len(unseen) == shipped.record.held_out
    assert isinstance(shipped.network, ClassifierV1)
    found = accuracy(shipped.network, unseen)
    assert found >= gate
    assert found == pytest.approx(shipped.record.accuracy, abs=1.5 / len(unseen))  # a tie may fall either way


def test_its_features_have_mean_0_and_deviation_1(dataset: Dataset, shipped: Frozen) -> None:
    chosen = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0))[:5000]
    features = shipped.features(dataset.gather(chosen, torch.Generator())[0])
    assert features.mean(dim=0).abs().max() < 0.1
    assert (features.std(dim=0) - 1).abs().max() < 0.1


@pytest.mark.full
def test_a_new_training_is_as_good(name: str, dataset: Dataset, shipped: Frozen) -> None:
    again = train(learnable(dataset), seed=shipped.record.seed, looks=shipped.record.looks)
    assert again.record.accuracy == pytest.approx(shipped.record.accuracy, abs=0.005)
