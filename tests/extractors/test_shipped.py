"""The extractors that come with the package are what they say they are, and as good as they say."""

import pytest
import torch

from gancli.data import MNIST, Dataset
from gancli.extractors import Frozen, learnable, load
from gancli.extractors.classifier import accuracy, train_classifier
from gancli.extractors.examples import learned_and_unseen
from gancli.extractors.networks import ClassifierV1
from gancli.extractors.source import SHIPPED

GATES = {"mnist": 0.985, "fashion-mnist": 0.90}
WHOLE = {"digits": "mnist", "all clothes": "fashion-mnist"}  # the images that an extractor was made of
EXAMPLES = WHOLE | {"some clothes": "fashion-mnist"}


@pytest.fixture(scope="module", params=EXAMPLES)
def examples(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def name(examples: str) -> str:
    return EXAMPLES[examples]


@pytest.fixture(scope="module")
def dataset(examples: str, request: pytest.FixtureRequest) -> Dataset:
    if examples == "digits":
        return MNIST(source="embedded")
    found: Dataset = request.getfixturevalue("all_clothes" if examples == "all clothes" else "clothes")
    return found


@pytest.fixture(scope="module")
def shipped(name: str) -> Frozen:
    return load(SHIPPED[name])  # which compares the digest of the weights with the id


def test_it_is_small_and_made_for_images_of_these_facts(name: str, dataset: Dataset, shipped: Frozen) -> None:
    assert shipped.record.data == dataset.spec
    assert SHIPPED[name].stat().st_size < 400_000
    assert shipped.id.startswith("classifier-v1@sha256:")
    assert shipped.caveat == ""


@pytest.mark.parametrize("examples", WHOLE, indirect=True)
def test_it_is_of_this_dataset(dataset: Dataset, shipped: Frozen) -> None:
    record = shipped.record
    assert record.fingerprint == learnable(dataset).fingerprint
    assert record.dataset.startswith(f"{record.examples:,} of the {len(dataset):,} training examples of")


def test_it_names_the_classes_of_images_that_it_has_not_seen(name: str, dataset: Dataset, shipped: Frozen) -> None:
    _, unseen = learned_and_unseen(learnable(dataset), shipped.record.seed)
    assert shipped.record.gate == GATES[name]
    assert isinstance(shipped.network, ClassifierV1)
    assert accuracy(shipped.network, unseen) >= GATES[name]


@pytest.mark.parametrize("examples", WHOLE, indirect=True)
def test_it_is_as_good_as_its_record_says(dataset: Dataset, shipped: Frozen) -> None:
    _, unseen = learned_and_unseen(learnable(dataset), shipped.record.seed)
    assert len(unseen) == shipped.record.held_out
    found = accuracy(shipped.network, unseen)
    assert found == pytest.approx(shipped.record.accuracy, abs=1.5 / len(unseen))  # a tie may fall either way


def test_its_features_have_mean_0_and_deviation_1(dataset: Dataset, shipped: Frozen) -> None:
    chosen = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0))[:5000]
    features = shipped.features(dataset.gather(chosen, torch.Generator())[0])
    tolerance = max(0.1, 3 / len(chosen) ** 0.5)  # three standard errors of a mean
    assert features.mean(dim=0).abs().max() < tolerance
    assert (features.std(dim=0) - 1).abs().max() < tolerance


@pytest.mark.full
@pytest.mark.parametrize("examples", WHOLE, indirect=True)
def test_a_new_training_is_as_good(dataset: Dataset, shipped: Frozen) -> None:
    again = train_classifier(learnable(dataset), seed=shipped.record.seed, images_seen=shipped.record.images_seen)
    assert again.record.accuracy == pytest.approx(shipped.record.accuracy, abs=0.005)
