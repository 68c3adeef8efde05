"""NDB: chance alone differs in one bin of twenty; what is missing, and what is too much, differs in its own bins."""

import math

import pytest
import torch
from torch import Tensor

from gancli.metrics import different_bins, nearest
from gancli.metrics.bins import k_means


def gaussians(n: int, seed: int, means: Tensor) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return means[torch.arange(n) % len(means)] + 0.1 * torch.randn(n, means.shape[1], generator=rng)


FOUR = torch.tensor([[0.0, 0.0], [0.0, 5.0], [5.0, 0.0], [5.0, 5.0]])


def test_four_clusters_have_four_centres() -> None:
    centres = k_means(gaussians(400, 0, FOUR).double(), 4)
    nearest = torch.cdist(FOUR.double(), centres).amin(1)
    assert len(centres) == 4
    assert nearest.max() < 0.05  # the mean of a hundred is 0.014 off, in two directions


def test_a_case_worked_out_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0]]).repeat(50, 1)
    fake = torch.tensor([[0.0]] * 80 + [[1.0]] * 20)
    found = different_bins(real, fake, bins=2)  # z = 0.3 / √(0.65 · 0.35 · 0.02) = 4.4 in both
    assert found.different == 1
    kl = [
        0.5 * math.log(0.5 / 0.65) + 0.5 * math.log(0.5 / 0.35),
        0.8 * math.log(0.8 / 0.65) + 0.2 * math.log(0.2 / 0.35),
    ]
    assert found.divergence == pytest.approx(sum(kl) / 2)
    near = different_bins(real, torch.tensor([[0.0]] * 60 + [[1.0]] * 40), bins=2)  # z = 1.42
    assert near.different == 0


def test_the_data_itself_does_not_differ() -> None:
    real = torch.randn(1000, 3, generator=torch.Generator().manual_seed(0))
    assert different_bins(real, real) == (0, pytest.approx(0, abs=1e-9))
    assert different_bins(real, real.flip(0)) == different_bins(real, real)


def test_other_real_data_differs_in_one_bin_of_twenty_or_a_little_more() -> None:
    rng = torch.Generator().manual_seed(1)
    shares = [
        different_bins(torch.randn(2000, 4, generator=rng), torch.randn(2000, 4, generator=rng), seed=index).different
        for index in range(5)
    ]
    assert 0.02 < sum(shares) / 5 < 0.15


def test_every_mode_that_is_dropped_makes_more_bins_differ() -> None:
    real = gaussians(2000, 0, FOUR)
    found = [different_bins(real, gaussians(2000, 1, FOUR[: 4 - dropped]), bins=40) for dropped in range(4)]
    shares, divergences = [bins.different for bins in found], [bins.divergence for bins in found]
    assert shares == sorted(shares)
    assert shares[0] < 0.3
    assert shares[3] > 0.9
    assert divergences == sorted(divergences)


def test_samples_that_are_elsewhere_share_no_bin_but_one() -> None:
    far = torch.full((500, 2), 40.0)
    found = different_bins(gaussians(500, 0, FOUR), far, bins=4)
    assert found.different == 1
    assert found.divergence == pytest.approx(0.38, abs=0.01)  # (1, 0, 0, 0) against four quarters


def test_constant_data_has_one_bin_that_does_not_differ() -> None:
    assert different_bins(torch.ones(50, 3), torch.ones(20, 3)) == (0, 0)
    assert len(k_means(torch.ones(50, 3), 5)) == 1


def test_cells_of_other_real_examples_favour_nobody() -> None:
    """Real data differs in its own cells more than in those of others, for they were made to fit it."""
    rng = torch.Generator().manual_seed(2)
    sets = [[torch.randn(300, 8, generator=rng) for _ in range(3)] for _ in range(20)]
    others = [different_bins(real, fake, cells=cells).different for real, fake, cells in sets]
    assert sum(others) / 20 < 0.06


def test_cells_are_those_of_the_nearest_centre() -> None:
    assert nearest(torch.tensor([[0.1], [0.9], [0.4]]), torch.tensor([[0.0], [1.0]])).indices.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("real", "fake", "bins", "message"),
    [
        (torch.zeros(19, 2), torch.zeros(5, 2), 4, "real: 19 examples; at least 20"),
        (torch.zeros(20, 2), torch.zeros(0, 2), 4, "fake: 0 examples"),
        (torch.zeros(20, 2), torch.zeros(5, 3), 4, "dimensions differ"),
        (torch.zeros(20, 2), torch.full((5, 2), math.nan), 4, "not finite"),
        (torch.zeros(20, 2), torch.zeros(5, 2), 1, "bins = 1"),
    ],
)
def test_what_cannot_be_cut_into_bins_is_refused(real: Tensor, fake: Tensor, bins: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        different_bins(real, fake, bins=bins)
