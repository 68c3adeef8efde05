"""Density, coverage, precision and recall are those of their papers, pair by pair."""

from statistics import mean

import pytest
import torch
from prdc import compute_prdc
from torch import Tensor

from gancli.metrics import density_coverage, precision_recall


def gaussian(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize(("scale", "move"), [(1.0, 0.0), (0.3, 0.5), (3.0, 0.0)])
def test_the_authors_own_code_says_the_same(k: int, scale: float, move: float) -> None:
    real, fake = gaussian(150, 6, 0), gaussian(130, 6, 1) * scale + move
    expected = compute_prdc(real.numpy(), fake.numpy(), k)
    assert density_coverage(real, fake, k=k) == pytest.approx((expected["density"], expected["coverage"]))
    assert precision_recall(real, fake, k=k) == pytest.approx((expected["precision"], expected["recall"]), abs=1e-6)


def test_four_points_on_a_line_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0], [3.0], [10.0]])  # radii of k = 1: 1, 1, 2, 7
    fake = torch.tensor([[0.5], [0.6], [4.0], [99.0]])
    # 0.5 and 0.6 lie in the first two; 0.6 not in that of 3, which is (1, 5), where 4 lies; 4 lies in (3, 17) too
    assert density_coverage(real, fake, k=1) == (6 / 4, 4 / 4)
    # radii of the fakes: 0.1, 0.1, 3.4, 95; that around 99 reaches down to 4, that around 4 from 0.6 to 7.4
    assert precision_recall(real, fake, k=1) == pytest.approx((3 / 4, 3 / 4))


def test_on_the_rim_is_outside_for_density_and_inside_for_precision() -> None:
    real, fake = torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [2.0]])
    assert density_coverage(real, fake, k=1) == (0, 0)
    assert precision_recall(real, fake, k=1).precision == 1


@pytest.mark.parametrize("k", [1, 3, 5])
def test_real_against_real_is_what_theory_says(k: int) -> None:
    # Not covered: all of the k nearest are real, though a fake is as likely to be each. And M · k/M / k = 1.
    found = [density_coverage(gaussian(500, 4, 2 * seed), gaussian(500, 4, 2 * seed + 1), k=k) for seed in range(20)]
    assert mean(pair.coverage for pair in found) == pytest.approx(1 - 2**-k, abs=0.015)
    assert mean(pair.density for pair in found) == pytest.approx(1, abs=0.04)


def test_precision_of_real_data_is_far_from_1_in_many_dimensions() -> None:
    found = precision_recall(gaussian(2000, 128, 0), gaussian(2000, 128, 1))
    assert found.precision == pytest.approx(found.recall, abs=0.1)
    assert 0.4 < found.precision < 0.8


def test_copies_of_the_real_data_are_dense_and_cover_it_to_the_last_digit() -> None:
    # In each ball are its centre and k − 1 others; the k-th lies on the rim, and rounding would put it anywhere.
    real = gaussian(500, 16, 0) * 100 + 1e4
    assert density_coverage(real, real.clone()) == (1, 1)
    assert precision_recall(real, real.clone()) == (1, 1)


def test_features_far_from_the_origin_lose_nothing() -> None:
    real, fake = gaussian(300, 16, 0), gaussian(300, 16, 1)
    for measure in (density_coverage, precision_recall):
        assert measure(real + 1e8, fake + 1e8) == pytest.approx(measure(real, fake), abs=1e-6)


def test_noise_lowers_all_but_recall_says_less() -> None:
    real, fake, noise = gaussian(800, 8, 0), gaussian(800, 8, 1), gaussian(800, 8, 2)
    noisy = [density_coverage(real, fake + sigma * noise) for sigma in (0.0, 0.5, 1.0, 2.0)]
    precision = [precision_recall(real, fake + sigma * noise).precision for sigma in (0.0, 0.5, 1.0, 2.0)]
    for values in ([pair.density for pair in noisy], [pair.coverage for pair in noisy], precision):
        assert values == sorted(values, reverse=True)
        assert values[-1] < values[0] / 2


def test_dropping_a_class_takes_its_share_of_the_coverage_and_of_the_recall() -> None:
    label = torch.arange(2000) % 10
    centres = 10 * gaussian(10, 8, 3)
    real, fake = centres[label] + gaussian(2000, 8, 0), centres[label] + gaussian(2000, 8, 1)
    whole = density_coverage(real, fake).coverage
    for dropped in range(1, 10):
        found = density_coverage(real, fake[label >= dropped])
        assert found.coverage == pytest.approx(whole * (1 - dropped / 10), abs=0.02)
        assert found.density == pytest.approx(1, abs=0.15)  # what is made is as good as ever
    assert precision_recall(real, fake[label >= 5]).recall == pytest.approx(0.5, abs=0.1)
    assert precision_recall(real, fake[label >= 5]).precision > 0.85


def test_repeating_half_of_the_samples_lowers_coverage_alone() -> None:
    real, fake = gaussian(2000, 8, 0), gaussian(2000, 8, 1)
    repeated = torch.cat([fake[:1000], fake[:1000]])
    before, after = density_coverage(real, fake), density_coverage(real, repeated)
    assert after.coverage < before.coverage - 0.05
    assert after.density == pytest.approx(before.density, abs=0.05)


@pytest.mark.parametrize("chunk", [13, 64, 10_000])
def test_neither_the_chunk_nor_the_order_changes_a_digit(chunk: int) -> None:
    real, fake = gaussian(300, 8, 0), gaussian(200, 8, 1)
    expected = density_coverage(real, fake), precision_recall(real, fake)
    assert (density_coverage(real, fake, chunk=chunk), precision_recall(real, fake, chunk=chunk)) == expected
    assert (density_coverage(real.flip(0), fake.roll(3, 0)), precision_recall(real.flip(0), fake)) == expected


def test_constant_features_have_their_value() -> None:
    same = torch.full((10, 3), 7.1)
    assert precision_recall(same, same) == (1, 1)
    assert density_coverage(same, same) == (0, 0)  # balls without an inside
    assert precision_recall(same, same + 1) == (0, 0)
    assert density_coverage(gaussian(10, 3, 0), torch.full((10, 3), 100.0)) == (0, 0)


def test_one_fake_is_enough_for_density() -> None:
    real = gaussian(50, 3, 0)
    assert density_coverage(real, real.mean(0, keepdim=True)).coverage > 0


@pytest.mark.parametrize("measure", [density_coverage, precision_recall])
def test_k_has_to_be_fewer_than_the_real_examples(measure: object) -> None:
    with pytest.raises(ValueError, match="real: 5 examples; at least 6 are needed"):
        measure(gaussian(5, 2, 0), gaussian(9, 2, 1), k=5)
    with pytest.raises(ValueError, match="k = 0"):
        measure(gaussian(5, 2, 0), gaussian(9, 2, 1), k=0)
