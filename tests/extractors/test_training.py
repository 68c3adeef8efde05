"""An extractor is made from real images alone, is measured on those it has not seen, and says so if it is weak."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gancli.data import Dataset, ImageDataset
from gancli.errors import DataError
from gancli.extractors import Frozen, fixed_order, for_dataset, learnable, num_unlearned
from gancli.extractors.classifier import images_to_see, train_classifier
from gancli.extractors.examples import learned_and_unseen, read
from gancli.extractors.parts import Part
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
    extractor = train_classifier(ImageDataset(data.images, labels, ("a", "b")), images_seen=64 * 20)
    assert extractor.record.accuracy is not None
    assert extractor.record.accuracy < 0.8  # of 100 throws of a coin: above never
    assert f"only {extractor.record.accuracy:.1%} of 100 held-out images correctly, expected 90.0%" in extractor.caveat


def test_an_accuracy_of_few_images_is_said_to_be_one(make: Make) -> None:
    extractor = train_classifier(make(100), images_seen=64 * 40)
    assert extractor.record.accuracy == 1.0
    assert extractor.caveat == "how well it knows the classes was measured on only 20 held-out images"


def test_images_that_are_looked_at_smaller_are_said_to_be(make: Make) -> None:
    assert "64×64" in fit(make(10, shape=(1, 65, 20))).caveat
    assert "64×64" not in fit(make(10, shape=(1, 64, 20))).caveat


def test_random_features_are_said_to_be_weak(random_features: Frozen) -> None:
    assert "they know no classes" in random_features.caveat
    assert not random_features.learns
    assert random_features.record.accuracy is None


def test_a_fifth_is_not_learned_from(data: ImageDataset) -> None:
    learned, unseen = learned_and_unseen(data, seed=0)
    assert (len(learned), len(unseen)) == (400, 100)
    rows = {bytes(pixels.flatten().tolist()) for part in (learned, unseen) for pixels in part.pixels}
    assert len(rows) == 500


def test_two_fifths_are_learned_from_and_the_others_left_to_judge(data: ImageDataset) -> None:
    part = learnable(data)
    rest = part.held_out()
    assert isinstance(rest, Part)
    assert (len(part), len(rest)) == (200, 300)
    assert sorted([*part.rows.tolist(), *rest.rows.tolist()]) == list(range(500))
    assert rest.rows.equal(fixed_order(500)[: num_unlearned(500)])
    learned, unseen = learned_and_unseen(part, seed=0)
    assert (len(learned), len(unseen)) == (200, 300)
    assert num_unlearned(60_000) == num_unlearned(10**6) == 20_000
    extractor = train_classifier(part, images_seen=64)
    assert (extractor.record.examples, extractor.record.held_out) == (200, 300)
    assert extractor.record.dataset == "200 of the 500 training examples of ImageDataset"
    assert extractor.record.fingerprint == part.fingerprint != data.fingerprint


def test_what_the_dataset_holds_out_is_what_is_tested_on(data: ImageDataset, make: Make) -> None:
    unseen = make(50, seed=9)
    extractor = train_classifier(WithTest(data, unseen), images_seen=64)
    assert (extractor.record.examples, extractor.record.held_out) == (500, 50)


@pytest.mark.parametrize(
    "make_one", [lambda dataset: train_classifier(dataset, images_seen=128), fit], ids=["classifier", "random features"]
)
def test_the_same_seed_makes_the_same_extractor_and_disturbs_nobody(
    data: ImageDataset, make_one: Callable[[Dataset], Frozen]
) -> None:
    torch.manual_seed(1)
    first, after = make_one(data), torch.rand(1)
    torch.manual_seed(1)
    assert torch.rand(1) == after
    assert make_one(data).id == first.id


@pytest.mark.parametrize("raised", [KeyboardInterrupt, DataError])
def test_a_training_that_is_ended_disturbs_nobody_and_leaves_no_file(
    make: Make, tmp_path: Path, raised: type[BaseException]
) -> None:
    """A receiver of progress may end the training: a signal, a closed display."""
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        if share > 0.5:
            raise raised

    torch.manual_seed(1)
    with pytest.raises(raised):
        for_dataset(make(150), progress=stop)
    after = torch.rand(1)
    torch.manual_seed(1)
    assert torch.rand(1) == after
    assert not list((tmp_path / "data").rglob("*.*"))
    assert max(b - a for a, b in pairwise(shares)) <= 0.03  # reported after every minibatch


def test_looks_go_with_the_number_of_images_and_of_pixels() -> None:
    small = (1, 28, 28)
    assert images_to_see(10, small) == 3000
    assert images_to_see(87, small) == 13_050  # of 217 photographs two fifths are learned from
    assert images_to_see(1000, small) == images_to_see(60_000, small) == 150_000
    assert (
        images_to_see(60_000, (3, 64, 64)) == images_to_see(60_000, (3, 512, 512)) == 50_000
    )  # 64 × 64 is the most it sees
    assert images_to_see(87, (3, 64, 64)) == 13_050


def test_a_training_looks_as_often_as_it_says(make: Make) -> None:
    steps: list[float] = []
    made = train_classifier(learnable(make(110)), progress=steps.append)
    assert made.record.images_seen == 44 * 150
    assert len(steps) == -(-made.record.images_seen // 64)


def test_another_seed_makes_another(data: ImageDataset) -> None:
    assert train_classifier(data, images_seen=64, seed=1).id != train_classifier(data, images_seen=64).id
    assert fit(data, seed=1).id != fit(data).id


@pytest.mark.parametrize("make_one", [lambda dataset, **rest: train_classifier(dataset, images_seen=200, **rest), fit])
def test_progress_is_told_to_the_end(data: ImageDataset, make_one: Callable[..., Frozen]) -> None:
    shares: list[float] = []
    make_one(data, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 1, 1), (3, 5, 9), (1, 28, 28), (3, 100, 70), (1, 8, 300)])
def test_every_size_and_both_numbers_of_channels(make: Make, shape: tuple[int, int, int]) -> None:
    data = make(20, shape=shape)
    images = data.gather(torch.arange(20), torch.Generator())[0]
    for extractor in (train_classifier(data, images_seen=64), fit(data)):
        features = extractor.features(images)
        assert features.shape == (20, 64)
        assert features.isfinite().all()


def test_images_that_are_all_the_same_have_features_all_the_same() -> None:
    extractor = fit(ImageDataset(torch.full((20, 1, 8, 8), 7, dtype=torch.uint8)))
    features = extractor.features(torch.full((3, 1, 8, 8), 7 / 127.5 - 1))
    torch.testing.assert_close(features, features[:1].expand(3, 64))


@pytest.mark.parametrize(("n", "classes", "found"), [(500, 1, "500 examples of 1 classes"), (9, 2, "9 examples of 2")])
def test_what_no_classifier_can_learn_is_refused(make: Make, n: int, classes: int, found: str) -> None:
    with pytest.raises(DataError, match=found):
        train_classifier(make(n, classes=classes))


def test_of_more_than_fits_in_memory_some_are_drawn(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.extractors.examples.MAX_HELD", 144 * 300)
    examples = read(make(2000))
    assert 300 <= len(examples) < 600
    assert examples.labels is not None
    assert examples.labels.bincount().min() > 100  # of both classes, and not the first few
