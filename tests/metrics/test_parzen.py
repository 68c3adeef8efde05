"""The Parzen estimate is that of 2014, without what that code and its users stumbled over."""

import math
from statistics import mean

import pytest
import torch
from torch import Tensor

from gancli.metrics import parzen_log_likelihood

RNG = torch.Generator().manual_seed(0)
SAMPLES, VALIDATION, TEST = (torch.rand(n, 3, generator=RNG, dtype=torch.float64) for n in (40, 15, 25))


def direct(x: list[float], samples: list[list[float]], sigma: float) -> float:
    """The log of a mean of Gaussian densities, as the definition has it."""

    def density(centre: list[float]) -> float:
        squared = sum((a - b) ** 2 for a, b in zip(x, centre, strict=True))
        return math.exp(-squared / (2 * sigma**2)) / (2 * math.pi * sigma**2) ** (len(x) / 2)

    return math.log(mean(density(centre) for centre in samples))


@pytest.mark.parametrize("sigma", [0.1, 0.3, 1.0])
def test_is_the_definition_where_densities_can_be_added_up(sigma: float) -> None:
    found = parzen_log_likelihood(SAMPLES, VALIDATION, TEST, sigmas=(sigma,))
    each = [direct(x, SAMPLES.tolist(), sigma) for x in TEST.tolist()]
    assert found.log_likelihood == pytest.approx(mean(each), rel=1e-9)
    assert found.validation == pytest.approx([mean(direct(x, SAMPLES.tolist(), sigma) for x in VALIDATION.tolist())])


def test_one_sample_at_a_test_example_in_784_dimensions_by_hand() -> None:
    point = torch.full((2, 784), 0.5)
    found = parzen_log_likelihood(point[:1], point[:1], point, sigmas=(0.2,))
    assert found.log_likelihood == pytest.approx(-784 * math.log(0.2 * math.sqrt(2 * math.pi)), rel=1e-12)


def test_sigma_is_the_best_of_ten_on_validation_examples_not_on_test_examples() -> None:
    found = parzen_log_likelihood(SAMPLES, VALIDATION, TEST)
    tried = [10 ** (-1 + index / 9) for index in range(10)]
    assert len(found.validation) == 10
    assert found.sigma == pytest.approx(tried[found.validation.index(max(found.validation))])
    assert 0.1 < found.sigma < 1
    at_it = parzen_log_likelihood(SAMPLES, VALIDATION, TEST, sigmas=(found.sigma,))
    assert found.log_likelihood == pytest.approx(at_it.log_likelihood, rel=1e-12)
    # Test examples far from all samples would have a wider window; they have no say.
    far = parzen_log_likelihood(SAMPLES * 0.1, VALIDATION * 0.1, TEST * 0.1 + 0.9)
    assert far.sigma == pytest.approx(0.1)


def test_far_from_every_sample_the_logarithm_is_still_finite() -> None:
    found = parzen_log_likelihood(torch.zeros(5, 784), torch.zeros(2, 784), torch.ones(3, 784), sigmas=(0.1,))
    assert found.log_likelihood == pytest.approx(-784 / 0.02 - 784 * math.log(0.1 * math.sqrt(2 * math.pi)))


def test_twice_the_range_costs_d_log_2() -> None:
    wide = parzen_log_likelihood(SAMPLES, VALIDATION, TEST, sigmas=(0.4,))
    narrow = parzen_log_likelihood(SAMPLES / 2, VALIDATION / 2, TEST / 2, sigmas=(0.2,))
    assert narrow.log_likelihood - wide.log_likelihood == pytest.approx(3 * math.log(2))


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_neither_the_chunk_nor_the_order_changes_it(chunk: int) -> None:
    expected = parzen_log_likelihood(SAMPLES, VALIDATION, TEST)
    found = parzen_log_likelihood(SAMPLES.flip(0), VALIDATION.flip(0), TEST.flip(0), chunk=chunk)
    assert found[:2] == pytest.approx(expected[:2], rel=1e-10)
    assert found.validation == pytest.approx(expected.validation, rel=1e-10)


def test_images_of_any_shape_are_rows_of_pixels() -> None:
    images = [points[:, :, None, None] for points in (SAMPLES, VALIDATION, TEST)]
    assert parzen_log_likelihood(*images) == parzen_log_likelihood(SAMPLES, VALIDATION, TEST)


def test_noise_and_dropped_classes_lower_it() -> None:
    centres = torch.eye(10, dtype=torch.float64).repeat_interleave(4, 1)
    label = torch.arange(200) % 10
    real = (0.8 * centres[label] + 0.05 * torch.rand(200, 40, generator=RNG)).clamp(0, 1)
    samples, noise = real[100:], torch.rand(100, 40, generator=RNG)
    noisy = [
        parzen_log_likelihood(samples * (1 - share) + noise * share, real[:50], real[50:100])
        for share in (0, 0.2, 0.5, 1)
    ]
    dropped = [parzen_log_likelihood(samples[label[100:] >= lowest], real[:50], real[50:100]) for lowest in range(10)]
    for values in ([estimate.log_likelihood for estimate in noisy], [estimate.log_likelihood for estimate in dropped]):
        assert values == sorted(values, reverse=True)
        assert values[0] > values[1] + 1


@pytest.mark.parametrize(
    ("samples", "test", "message"),
    [
        (SAMPLES * 2 - 1, TEST, r"samples: pixels from -.* expected \[0, 1\]: \(x \+ 1\) / 2"),
        (SAMPLES, TEST * 255, r"test: pixels from .* to 25.*; expected \[0, 1\]"),
        (SAMPLES[:0], TEST, "samples: 0 examples"),
        (SAMPLES, TEST[:0], "test: 0 examples"),
        (SAMPLES[:, :2], TEST, "samples has 2, validation has 3, test has 3"),
        (SAMPLES * math.nan, TEST, "samples: 40 of 40 examples are not finite"),
    ],
)
def test_wrong_input_is_refused(samples: Tensor, test: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood(samples, VALIDATION, test)


@pytest.mark.parametrize("sigmas", [(), (0.0,), (0.1, -1.0), (math.nan,)])
def test_no_window_is_refused(sigmas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="sigmas"):
        parzen_log_likelihood(SAMPLES, VALIDATION, TEST, sigmas=sigmas)
