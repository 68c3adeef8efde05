"""Repetition and copies are found, and the data's own distribution is not accused of them."""

import math

import pytest
import torch
from torch import Tensor

from gancli.metrics import (
    Neighbours,
    authpct,
    closest_pairs,
    duplicate_threshold,
    near_duplicates,
    nearest,
    nearest_others,
)


def gaussian(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_one_in_a_thousand_of_the_real_data_is_a_duplicate_by_definition() -> None:
    real = gaussian(3000, 8, 0)
    threshold = duplicate_threshold(nearest_others(real).distances)
    assert near_duplicates(nearest_others(real).distances, threshold) == pytest.approx(0.001, abs=0.0005)
    assert near_duplicates(nearest_others(gaussian(3000, 8, 1)).distances, threshold) < 0.005


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_share_of_repeated_samples_is_found(share: float) -> None:
    real, samples = gaussian(1000, 8, 0), gaussian(1000, 8, 1)
    repeated = int(share * 1000)
    samples[:repeated] = samples[: repeated // 2].repeat(2, 1) + 1e-6 * gaussian(repeated, 8, 2)
    found = near_duplicates(nearest_others(samples).distances, duplicate_threshold(nearest_others(real).distances))
    assert found == pytest.approx(share, abs=0.01)


def test_half_of_the_samples_copied_from_the_training_data_are_found() -> None:
    train, samples = gaussian(1000, 8, 0), gaussian(1000, 8, 1)
    samples[::2] = train[:500]
    threshold = duplicate_threshold(nearest_others(train).distances)
    assert near_duplicates(nearest(samples, train).distances, threshold) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("d", [2, 3, 8])
@pytest.mark.parametrize("n", [10, 50, 300, 999, 3000])
def test_strangers_are_no_copies_however_few_there_are(n: int, d: int) -> None:
    """Of other real examples a thousandth, or less, is as near; the mean over many such sets is what is promised."""
    shares = []
    for seed in range(30):
        train = gaussian(n, d, 3 * seed)
        threshold = duplicate_threshold(nearest_others(train).distances)
        shares.append(near_duplicates(nearest(gaussian(n, d, 3 * seed + 1), train).distances, threshold))
        assert near_duplicates(nearest(train, train).distances, threshold) == 1
    assert sum(shares) / 30 < 0.005


def test_the_threshold_of_few_is_below_the_least_distance_and_meets_that_of_many() -> None:
    distances = torch.linspace(1, 2, 250)
    assert duplicate_threshold(distances) == pytest.approx(math.sqrt(0.25))
    assert duplicate_threshold(torch.linspace(1, 2, 999)) == pytest.approx(1, abs=0.001)
    assert duplicate_threshold(torch.linspace(1, 2, 1000)) == pytest.approx(1, abs=0.002)


def test_a_copy_is_a_duplicate_where_the_real_data_repeats_itself() -> None:
    real = gaussian(100, 8, 0).repeat(2, 1)
    assert duplicate_threshold(nearest_others(real).distances) == 0
    assert near_duplicates(nearest(real[:10], real).distances, 0) == 1
    assert near_duplicates(nearest_others(torch.ones(5, 3)).distances, duplicate_threshold(torch.zeros(5))) == 1


def test_the_closest_pairs_come_first_and_each_once() -> None:
    samples = torch.tensor([[0.0], [10.0], [10.1], [20.0], [20.5], [0.3], [50.0]])
    found = closest_pairs(nearest_others(samples))
    assert found.indices.tolist() == [[1, 2], [0, 5], [3, 4], [4, 6]]
    assert found.distances.tolist() == pytest.approx([0.1, 0.3, 0.5, 29.5], rel=1e-5)
    assert closest_pairs(nearest_others(samples), 2).indices.tolist() == [[1, 2], [0, 5]]
    assert closest_pairs(nearest_others(samples), 0).indices.shape == (0, 2)


def test_the_closest_pair_of_all_is_the_first() -> None:
    samples = gaussian(300, 4, 0)
    distances = torch.cdist(samples, samples).fill_diagonal_(math.inf)
    found = closest_pairs(nearest_others(samples))
    assert len(found.indices) == 20
    assert sorted(divmod(int(distances.argmin()), 300)) == found.indices[0].tolist()


# In the Poisson process two points are nearest to each other with 2/3 on a line, and 6π / (8π + 3√3) in the plane.
@pytest.mark.parametrize(("d", "mutual"), [(1, 2 / 3), (2, 6 * math.pi / (8 * math.pi + 3 * math.sqrt(3)))])
def test_authpct_of_the_datas_own_distribution_is_what_geometry_says(d: int, mutual: float) -> None:
    assert authpct(gaussian(4000, d, 0), gaussian(4000, d, 1)) == pytest.approx(100 * (1 - mutual), abs=2.5)


def test_authpct_is_its_definition_and_falls_with_every_copy() -> None:
    train, samples = gaussian(300, 8, 0), gaussian(200, 8, 1)
    apart = torch.cdist(train, train).fill_diagonal_(math.inf).min(1).values
    to_samples, closest = torch.cdist(samples, train).min(1)
    assert authpct(samples, train) == pytest.approx(100 * (apart[closest] < to_samples).double().mean().item())
    found = [authpct(torch.cat([train[:copied], samples[copied:]]), train) for copied in (0, 50, 100, 200)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0


def test_one_sample_is_enough_and_what_has_no_answer_is_refused() -> None:
    train = gaussian(10, 2, 0)
    assert authpct(train[:1], train) == 0
    with pytest.raises(ValueError, match="1 examples; at least 2 are needed"):
        authpct(train, train[:1])
    with pytest.raises(ValueError, match="distances"):
        duplicate_threshold(torch.tensor([]))
    with pytest.raises(ValueError, match="quantile = 2"):
        duplicate_threshold(torch.ones(3), quantile=2)
    for wrong in (torch.tensor([]), torch.tensor([math.nan]), torch.tensor([-1.0]), torch.zeros(2, 2)):
        with pytest.raises(ValueError, match="distances"):
            near_duplicates(wrong, 1.0)
    with pytest.raises(ValueError, match="threshold = nan"):
        near_duplicates(torch.ones(1), math.nan)
    with pytest.raises(ValueError, match="count = -1"):
        closest_pairs(Neighbours(torch.tensor([1, 0]), torch.ones(2)), -1)
