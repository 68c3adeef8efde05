"""Example sets hold little of large images, and give the numbers of the whole ones."""

from collections.abc import Iterator

import torch
from torch import Tensor

from gancli.data import MNIST
from gancli.evaluation.example_set import FULL_SIZE_AT_ONCE, collect
from gancli.extractors import Extractor, for_dataset, learnable
from gancli.extractors.networks import reduced


class FullSize(Extractor):
    """Sees single pixels, so that it notices whether images were reduced before."""

    id = "full-size"
    dim = 2

    def __init__(self) -> None:
        self.largest = 0

    def features(self, images: Tensor) -> Tensor:
        self.largest = max(self.largest, len(images))
        return torch.stack([images[:, 0, 0, 0], images[:, 0, -1, -1]], 1)


def in_blocks(images: Tensor, size: int) -> Iterator[Tensor]:
    yield from images.split(size)


def test_small_images_have_the_features_of_all_of_them_at_once_to_the_bit() -> None:
    digits = MNIST(source="embedded")
    extractor = for_dataset(digits, "mnist")
    x, y = digits.gather(learnable(digits).rows[:1300], torch.Generator())
    samples = collect(in_blocks(x, 64), y, extractor)
    assert torch.equal(samples.features, extractor.features(x))
    assert torch.equal(samples.examples, x)
    assert samples.kept.dtype == torch.uint8


def test_large_images_are_seen_whole_and_kept_small() -> None:
    images = torch.randint(256, (150, 3, 128, 96), generator=torch.Generator().manual_seed(0)) / 127.5 - 1
    extractor = FullSize()
    samples = collect(in_blocks(images, 7), None, extractor)
    assert samples.kept.shape == (150, 3, 64, 64)
    assert torch.allclose(samples.features, torch.stack([images[:, 0, 0, 0], images[:, 0, -1, -1]], 1), atol=1e-6)
    assert torch.allclose(samples.examples, reduced(images), atol=0.005)
    assert extractor.largest == FULL_SIZE_AT_ONCE.least < 150
    chosen = torch.tensor([3, 140])
    assert torch.equal(samples.select(chosen).features, samples.features[chosen])


def test_points_are_kept_as_they_are() -> None:
    points = torch.randn(1100, 2, generator=torch.Generator().manual_seed(0))
    samples = collect(in_blocks(points, 300))
    assert torch.equal(samples.features, points)
    assert len(samples) == 1100
