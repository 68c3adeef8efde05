"""L1 and SSIM of images and their targets, against closed forms."""

import math

import pytest
import torch

from gancli.metrics import l1_distance, structural_similarity


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_an_image_is_like_itself() -> None:
    images = noise(3, 3, 16, 12)
    assert l1_distance(images, images).tolist() == [0, 0, 0]
    assert structural_similarity(images, images).tolist() == pytest.approx([1, 1, 1], abs=1e-12)


def test_l1_is_a_mean_over_the_values_of_each_image() -> None:
    black = torch.zeros(2, 1, 2, 2)
    images = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]], [[[0.5, 0.5], [0.5, 0.5]]]])
    assert l1_distance(images, black).tolist() == [0.25, 0.5]


@pytest.mark.parametrize(("one", "other"), [(0.0, 1.0), (0.25, 0.75), (0.4, 0.5)])
def test_flat_images_differ_in_their_means_alone(one: float, other: float) -> None:
    a, b = torch.full((1, 1, 16, 16), one), torch.full((1, 1, 16, 16), other)
    expected = (2 * one * other + 0.01**2) / (one**2 + other**2 + 0.01**2)  # without variance, the rest is 1
    assert structural_similarity(a, b).item() == pytest.approx(expected, rel=1e-6)


def test_a_negative_is_unlike_and_noise_is_less_like() -> None:
    images = noise(4, 1, 24, 24)
    assert structural_similarity(images, 1 - images).max() < -0.9
    near, far = (structural_similarity(images, images.lerp(noise(4, 1, 24, 24, seed=1), share)) for share in (0.2, 0.6))
    assert (near > far).all()
    assert torch.equal(
        structural_similarity(images[1:2], images[2:3]), structural_similarity(images, images.roll(-1, 0))[1:2]
    )


@pytest.mark.parametrize("measure", [l1_distance, structural_similarity])
@pytest.mark.parametrize(
    ("images", "targets", "message"),
    [
        (noise(2, 1, 16, 16), noise(1, 1, 16, 16), "the same for both"),
        (noise(2, 256), noise(2, 256), "expected"),
        (noise(0, 1, 16, 16), noise(0, 1, 16, 16), "expected"),
        (noise(2, 1, 16, 16) * 2 - 1, noise(2, 1, 16, 16), "images: values from -"),
        (noise(2, 1, 16, 16), torch.full((2, 1, 16, 16), math.nan), "targets: values from nan"),
    ],
    ids=["counts", "no images", "none", "range", "nan"],
)
def test_refusals(measure: object, images: torch.Tensor, targets: torch.Tensor, message: str) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match=message):
        measure(images, targets)


def test_the_window_is_no_larger_than_the_image() -> None:
    with pytest.raises(ValueError, match="at least 11 pixels"):
        structural_similarity(noise(1, 1, 10, 30), noise(1, 1, 10, 30))
    assert structural_similarity(noise(1, 1, 11, 11), noise(1, 1, 11, 11)).shape == (1,)
