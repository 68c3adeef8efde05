"""Every extractor treats real and generated pictures alike, and is deterministic."""

import pytest
import torch
from torch import Tensor

from gancli.data import ImageDataset
from gancli.errors import DivergedError, UsageError
from gancli.extractors import Frozen, as_pictures
from gancli.extractors.random_features import fit
from gancli.sampling.images import to_pixels


@pytest.fixture
def images(data: ImageDataset) -> Tensor:
    return data.gather(torch.arange(40), torch.Generator())[0]


def test_features_are_rows_of_finite_numbers(extractor: Frozen, images: Tensor) -> None:
    features = extractor.features(images)
    assert features.shape == (40, extractor.dim)
    assert features.dtype == torch.float32
    assert features.isfinite().all()
    assert not features.requires_grad
    assert extractor.features(images[:0]).shape == (0, extractor.dim)


def test_the_same_images_give_the_same_features_in_any_order_and_number(extractor: Frozen, images: Tensor) -> None:
    features = extractor.features(images)
    assert torch.equal(features, extractor.features(images))
    turned = torch.randperm(40)
    torch.testing.assert_close(extractor.features(images[turned]), features[turned], rtol=1e-4, atol=1e-4)
    many = images.repeat(30, 1, 1, 1)
    torch.testing.assert_close(extractor.features(many)[-40:], features, rtol=1e-4, atol=1e-4)


def test_images_are_seen_as_the_files_of_them(extractor: Frozen, images: Tensor) -> None:
    between = images * 0.9 + torch.rand_like(images) * 0.1
    saved = torch.from_numpy(to_pixels(between)).unsqueeze(1).float().div(127.5).sub(1)
    assert torch.equal(as_pictures(between), saved)
    assert torch.equal(extractor.features(between), extractor.features(saved))
    assert torch.equal(as_pictures(images * 3), as_pictures((images * 3).clamp(-1, 1)))


def test_images_are_left_as_they_are(extractor: Frozen, images: Tensor) -> None:
    before = images.clone()
    extractor.features(images)
    extractor.classes(images)
    assert torch.equal(images, before)


@pytest.mark.parametrize("number", [torch.nan, torch.inf, -torch.inf])
def test_numbers_that_no_picture_shows_are_refused(extractor: Frozen, images: Tensor, number: float) -> None:
    images[3, 0, 0, 0] = number
    with pytest.raises(DivergedError, match="1 of 40 images"):
        extractor.features(images)


def test_images_of_another_shape_are_refused(extractor: Frozen) -> None:
    with pytest.raises(UsageError, match=r"takes images of shape \(1, 12, 12\), found \(3, 12, 12\)"):
        extractor.features(torch.zeros(2, 3, 12, 12))


def test_random_features_are_fitted_on_nothing(random_features: Frozen, unlabelled: ImageDataset) -> None:
    """Those of grey are 0, and of pictures about 1, whatever images they are made for."""
    assert fit(ImageDataset(unlabelled.images[:1])).id == random_features.id
    assert random_features.features(torch.zeros(1, 1, 12, 12)).abs().max() < 0.05  # grey lies between two of 256 levels
    features = random_features.features(unlabelled.gather(torch.arange(500), torch.Generator())[0])
    assert 0.2 < features.std(dim=0).mean() < 5


def test_classes_are_probabilities_of_a_classifier_alone(
    classifier: Frozen, random_features: Frozen, images: Tensor
) -> None:
    classes = classifier.classes(images)
    assert classes is not None
    assert classes.shape == (40, 2)
    torch.testing.assert_close(classes.sum(dim=1), torch.ones(40))
    assert random_features.classes(images) is None


def test_what_is_ever_worse_is_ever_farther(extractor: Frozen, images: Tensor) -> None:
    """Noise of 0, 10 and 100 levels, 25 and 50 % of the image lost."""
    real = extractor.features(images)
    noise = torch.randn_like(images)

    def distance(bad: Tensor) -> float:
        return float((extractor.features(bad) - real).square().sum(dim=1).mean())

    noisy = [distance(images + level / 127.5 * noise) for level in (0, 10, 40, 160)]
    assert noisy == sorted(noisy)
    assert noisy[0] == 0 < noisy[1]
    cut = [distance(torch.cat([images[:, :, :-lost], -torch.ones(40, 1, lost, 12)], dim=2)) for lost in (1, 3, 6)]
    assert 0 < cut[0] < cut[1] < cut[2]
