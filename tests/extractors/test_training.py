"""An extractor is made from real images alone, is measured on those it has not seen, and says so if it is weak."""

from collections.abc import Callable

import pytest
import torch

from gancli.data import Dataset, ImageDataset
from gancli.errors import DataError
from gancli.extractors import Frozen
from gancli.extractors.classifier import train
from gancli.extractors.examples import learned_and_unseen, read
from gancli.extractors.random_features import fit

Make = Callable[..., ImageDataset]


class WithTest(ImageDataset):
    """A dataset that holds out another."""

    def __init__(self, data: ImageDataset, unseen: ImageDataset) -> None:
        super().__init__(data.images, data.labels, data.spec.class_names)
        self.unseen = unseen

    def held_out(self) -> Dataset:
        return self.unseen


def test_classes_that_can_be_told_apart_are_told_apart(classifier: Frozen, data: ImageDataset, make: Make) -> None:
    assert classifier.record.accuracy == 1.0
    assert classifier.caveat == ""
    x, y = make(seed=5).gather(torch.arange(500), torch.Generator())
    classes = classifier.classes(x)
    assert classes is not None
    assert torch.equal(classes.argmax(dim=1), y)
    assert (classifier.record.fingerprint, classifier.record.data) == (data.fingerprint, data.spec)


def test_classes_that_nobody_can_tell_apart_are_weak_and_said_to_be(data: ImageDataset) -> None:
    labels = torch.randint(2, (500,), generator=torch.Generator().manual_seed(0))
    extractor = train(ImageDataset(data.images, labels, ("a", "b")), looks=64 * 20)
    assert extractor.record.accuracy is not None
    assert extractor.record.accuracy < 0.8  # of 100 throws of a coin: above never
    assert f"only {extractor.record.accuracy:.1%} of 100 held-out images, expected 90.0%" in extractor.caveat


def test_an_accuracy_of_few_images_is_said_to_be_one(make: Make) -> None:
    extractor = train(make(100), looks=64 * 40)
    assert extractor.record.accuracy == 1.0
    assert extractor.caveat == "how well it knows the classes was measured on only 20 held-out images"


def test_images_that_are_looked_at_smaller_are_said_to_be(make: Make) -> None:
    assert "64×64" in fit(make(10, shape=(1, 65, 20))).caveat
    assert "64×64" not in fit(make(10, shape=(1, 64, 20))).caveat


def test_random_features_are_said_to_be_weak(random_features: Frozen) -> None:
    assert "knows no classes" in random_features.caveat
    assert random_features.record.accuracy is None


def test_a_fifth_is_not_learned_from(data: ImageDataset) -> None:
    learned, unseen = learned_and_unseen(data, seed=0)
    assert (len(learned), len(unseen)) == (400, 100)
    rows = {bytes(it.flatten().tolist()) for part in (learned, unseen) for it in part.pixels}
    assert len(rows) == 500


def test_what_the_dataset_holds_out_is_what_is_tested_on(data: ImageDataset, make: Make) -> None:
    unseen = make(50, seed=9)
    extractor = train(WithTest(data, unseen), looks=64)
    assert (extractor.record.examples, extractor.record.held_out) == (500, 50)


@pytest.mark.parametrize("make_one", [lambda it: train(it, looks=128), fit], ids=["classifier", "random features"])
def test_the_same_seed_makes_the_same_extractor_and_disturbs_nobody(
    data: ImageDataset, make_one: Callable[[Dataset], Frozen]
) -> None:
    torch.manual_seed(1)
    first, after = make_one(data), torch.rand(1)
    torch.manual_seed(1)
    assert torch.rand(1) == after
    assert make_one(data).id == first.id


def test_another_seed_makes_another(data: ImageDataset) -> None:
    assert train(data, looks=64, seed=1).id != train(data, looks=64).id
    assert fit(data, seed=1).id != fit(data).id


@pytest.mark.parametrize("make_one", [lambda it, **rest: train(it, looks=200, **rest), fit])
def test_progress_is_told_to_the_end(data: ImageDataset, make_one: Callable[..., Frozen]) -> None:
    shares: list[float] = []
    make_one(data, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 1, 1), (3, 5, 9), (1, 28, 28), (3, 100, 70), (1, 8, 300)])
def test_every_size_and_both_numbers_of_channels(make: Make, shape: tuple[int, int, int]) -> None:
    data = make(20, shape=shape)
    images = data.gather(torch.arange(20), torch.Generator())[0]
    for extractor in (train(data, looks=64), fit(data)):
        features = extractor.features(images)
        assert features.shape == (20, 64)
        assert features.isfinite().all()


def test_images_that_are_all_the_same_have_features_all_the_same() -> None:
    extractor = fit(ImageDataset(torch.full((20, 1, 8, 8), 7, dtype=torch.uint8)))
    features = extractor.features(torch.full((3, 1, 8, 8), 7 / 127.5 - 1))
    torch.testing.assert_close(features, torch.zeros(3, 64), rtol=0, atol=1e-3)


@pytest.mark.parametrize(("n", "classes", "found"), [(500, 1, "500 examples of 1 classes"), (9, 2, "9 examples of 2")])
def test_what_no_classifier_can_learn_is_refused(make: Make, n: int, classes: int, found: str) -> None:
    with pytest.raises(DataError, match=found):
        train(make(n, classes=classes))
    with pytest.raises(DataError, match="2 examples at least"):
        fit(make(1))


def test_of_more_than_fits_in_memory_some_are_drawn(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.extractors.examples.MEMORY", 144 * 300)
    examples = read(make(2000))
    assert 300 <= len(examples) < 600
    assert examples.labels is not None
    assert examples.labels.bincount().min() > 100  # of both classes, and not the first few
