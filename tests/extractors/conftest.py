"""Small labelled images whose classes are easy to distinguish, and extractors of them."""

from collections.abc import Callable

import pytest
import torch

from gancli.data import ImageDataset
from gancli.extractors import Frozen
from gancli.extractors.classifier import train_classifier
from gancli.extractors.random_features import fit


def stripes(
    n: int = 500, *, classes: int = 2, shape: tuple[int, int, int] = (1, 12, 12), labelled: bool = True, seed: int = 0
) -> ImageDataset:
    """Noisy images, flat in class 0, with ever narrower stripes in the others."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % classes
    across = torch.arange(shape[2]) / shape[2]
    waves = 100 * torch.sin(2 * torch.pi * labels[:, None] * across)[:, None, None]  # (N, 1, 1, W)
    pixels = (127 + waves + 20 * torch.randn(n, *shape, generator=rng)).clamp(0, 255).byte()
    names = tuple(f"stripes-{index}" for index in range(classes))
    return ImageDataset(pixels, labels, names) if labelled else ImageDataset(pixels)


@pytest.fixture(scope="session")
def data() -> ImageDataset:
    return stripes()


@pytest.fixture(scope="session")
def unlabelled() -> ImageDataset:
    return stripes(labelled=False)


@pytest.fixture(scope="session")
def make() -> Callable[..., ImageDataset]:
    return stripes


@pytest.fixture(scope="session")
def classifier(data: ImageDataset) -> Frozen:
    return train_classifier(data, images_seen=64 * 40)


@pytest.fixture(scope="session")
def random_features(unlabelled: ImageDataset) -> Frozen:
    return fit(unlabelled)


@pytest.fixture(params=["classifier", "random_features"])
def extractor(request: pytest.FixtureRequest) -> Frozen:
    """Each kind in turn."""
    made: Frozen = request.getfixturevalue(request.param)
    return made
