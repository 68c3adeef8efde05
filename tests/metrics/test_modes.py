"""Modes of a mixture are counted as VEEGAN and PacGAN count them, and the mixture itself scores what theory says."""

import math

import pytest
import torch
from torch import Tensor

from gancli.data import Grid, Ring
from gancli.metrics import mixture_modes


def oracle_high_quality(dims: int = 2) -> float:
    """The share of high quality of the mixture itself: P(χ²_D < 9), which is 1 − exp(−9/2) in the plane, 98.89 %."""
    half = torch.tensor([dims, 9], dtype=torch.float64) / 2
    return float(torch.special.gammainc(half[0], half[1]))


CORNERS = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])


def test_a_case_worked_out_by_hand() -> None:
    samples = torch.tensor([[0.0, 0.2], [0.0, -0.29], [10.0, 0.0], [0.0, 10.31], [5.1, 5.1]])
    found = mixture_modes(samples, CORNERS, sigma=0.1)
    assert found.counts.tolist() == [2, 1, 0, 0]
    assert found.captured == 2  # nothing within 0.3 of the third, though a sample is nearest to it
    assert found.high_quality == 3 / 5
    assert found.reverse_kl == pytest.approx(2 / 3 * math.log(8 / 3) + 1 / 3 * math.log(4 / 3))
    assert mixture_modes(samples, CORNERS, sigma=0.1, within=10).captured == 3


@pytest.mark.parametrize(("mixture", "modes"), [(Ring(), 8), (Grid(), 25)], ids=["ring", "grid"])
def test_the_mixture_itself_has_all_modes_and_the_quality_and_kl_of_the_oracle(
    mixture: Ring | Grid, modes: int
) -> None:
    found = mixture_modes(mixture.points, mixture.modes, mixture.sigma)
    assert found.captured == modes
    assert found.high_quality == pytest.approx(oracle_high_quality(), abs=4 * math.sqrt(0.0111 / 100_000))
    assert found.reverse_kl == pytest.approx((modes - 1) / 200_000, abs=3 * math.sqrt(2 * modes) / 200_000)


@pytest.mark.parametrize("d", [1, 3, 10])
def test_the_quality_of_the_oracle_holds_in_other_dimensions(d: int) -> None:
    samples = torch.randn(20_000, d, generator=torch.Generator().manual_seed(d))
    expected = oracle_high_quality(d)
    error = math.sqrt(expected * (1 - expected) / 20_000)
    assert mixture_modes(samples, torch.zeros(1, d), 1.0).high_quality == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize("dropped", range(1, 8))
def test_dropped_modes_are_missed_one_by_one(dropped: int) -> None:
    ring = Ring()
    kept = ring.points[torch.cdist(ring.points, ring.modes).argmin(1) >= dropped]
    found = mixture_modes(kept, ring.modes, ring.sigma)
    assert found.captured == 8 - dropped
    assert found.reverse_kl == pytest.approx(math.log(8 / (8 - dropped)), abs=1e-3)
    assert found.high_quality == pytest.approx(oracle_high_quality(), abs=0.002)


def test_noise_lowers_the_quality() -> None:
    grid = Grid()
    noise = torch.randn(100_000, 2, generator=torch.Generator().manual_seed(1))
    found = [
        mixture_modes(grid.points + scale * noise, grid.modes, grid.sigma).high_quality
        for scale in (0, 0.02, 0.05, 0.2)
    ]
    assert found == sorted(found, reverse=True)
    assert found[2] == pytest.approx(1 - math.exp(-4.5 / 2), abs=0.01)  # twice the variance


def test_the_order_of_samples_is_nothing_and_that_of_modes_is_that_of_the_counts() -> None:
    ring = Ring()
    points = ring.points[:2500]
    expected = mixture_modes(points, ring.modes, ring.sigma)
    turned = mixture_modes(points.flip(0), ring.modes.flip(0), ring.sigma)
    assert turned.counts.flip(0).tolist() == expected.counts.tolist()
    assert turned.reverse_kl == pytest.approx(expected.reverse_kl, rel=1e-9)


def test_one_sample_one_mode_and_no_sample_of_quality_have_their_value() -> None:
    assert mixture_modes(CORNERS[:1], CORNERS, 0.1)[:3] == (1, 1.0, pytest.approx(math.log(4)))
    assert mixture_modes(torch.zeros(5, 2), torch.zeros(1, 2), 0.1)[:3] == (1, 1.0, 0.0)
    assert mixture_modes(CORNERS + 5, CORNERS[:1], 0.1)[:3] == (0, 0.0, None)


@pytest.mark.parametrize(
    ("samples", "sigma", "message"),
    [
        (CORNERS, 0.0, "expected both above 0"),
        (CORNERS, math.nan, "expected both above 0"),
        (CORNERS[:0], 0.1, "samples: 0 examples"),
        (torch.zeros(4, 3), 0.1, "samples has 3, modes has 2"),
        (torch.full((4, 2), math.nan), 0.1, "samples: 4 of 4 examples are not finite"),
    ],
)
def test_wrong_input_is_refused(samples: Tensor, sigma: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mixture_modes(samples, CORNERS, sigma)
