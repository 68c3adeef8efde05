"""The kernel distance is the unbiased MMD² with the kernel of the paper, over the subsets that it says."""

from itertools import combinations
from statistics import mean, stdev

import pytest
import torch
from torch import Tensor
from torchmetrics.image.kid import KernelInceptionDistance

from gancli.metrics import kernel_distance, subset_size


def gaussian(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unbiased_mmd(real: list[list[float]], fake: list[list[float]]) -> float:
    """The definition, pair by pair."""

    def k(x: list[float], y: list[float]) -> float:
        return (sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3

    within = [mean(k(x, y) for x, y in combinations(side, 2)) for side in (real, fake)]
    return sum(within) - 2 * mean(k(x, y) for x in real for y in fake)


def test_a_case_worked_out_by_hand() -> None:
    real, fake = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [-1.0]])
    # k(1, 2) = 27, k(0, −1) = 1; across: k(1, 0) = k(2, 0) = 1, k(1, −1) = 0, k(2, −1) = −1
    assert kernel_distance(real, fake) == pytest.approx(27 + 1 - 2 * (1 / 4), rel=1e-12)


def test_is_the_definition_in_more_dimensions() -> None:
    real, fake = gaussian(12, 5, 0), gaussian(12, 5, 1) + 1
    expected = unbiased_mmd(real.tolist(), fake.tolist())
    assert kernel_distance(real, fake, subsets=1, size=12) == pytest.approx(expected, rel=1e-10)


@pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
def test_torchmetrics_says_the_same() -> None:
    real, fake = gaussian(100, 16, 0), gaussian(100, 16, 1) * 1.3
    other = KernelInceptionDistance(feature=torch.nn.Flatten(), subsets=2, subset_size=100).set_dtype(torch.float64)
    other.update(real.reshape(-1, 1, 4, 4), real=True)
    other.update(fake.reshape(-1, 1, 4, 4), real=False)
    assert kernel_distance(real, fake, subsets=2, size=100) == pytest.approx(other.compute()[0].item(), rel=1e-6)


def test_it_is_unbiased_where_few_examples_are() -> None:
    found = [
        kernel_distance(gaussian(40, 8, 2 * seed), gaussian(40, 8, 2 * seed + 1), subsets=1) for seed in range(200)
    ]
    assert abs(mean(found)) < 3 * stdev(found) / 200**0.5
    assert min(found) < 0 < max(found)


def test_a_subset_is_never_larger_than_what_there_is() -> None:
    real, fake = gaussian(300, 4, 0), gaussian(50, 4, 1)
    assert subset_size(real, fake) == 50
    assert subset_size(real, fake, 20) == 20
    assert kernel_distance(real, fake) == kernel_distance(real, fake, size=50)
    assert kernel_distance(real, fake) != kernel_distance(real, fake, size=20)


def test_a_seed_chooses_the_subsets_and_the_global_state_is_left_alone() -> None:
    real, fake = gaussian(300, 4, 0), gaussian(300, 4, 1)
    before = torch.get_rng_state()
    first = kernel_distance(real, fake, subsets=3, size=50)
    assert kernel_distance(real, fake, subsets=3, size=50) == first
    assert kernel_distance(real, fake, subsets=3, size=50, seed=1) != first
    assert kernel_distance(real, fake, subsets=4, size=50) != first
    assert torch.equal(torch.get_rng_state(), before)


def test_every_step_away_from_the_data_raises_it() -> None:
    real, fake, noise = gaussian(1000, 8, 0), gaussian(1000, 8, 1), gaussian(1000, 8, 2)
    noisy = [kernel_distance(real, fake + sigma * noise, subsets=5, size=500) for sigma in (0.0, 0.5, 1.0, 2.0)]
    moved = [kernel_distance(real, fake + step, subsets=5, size=500) for step in (0.0, 0.5, 1.0, 2.0)]
    for values in (noisy, moved):
        assert values == sorted(values)
        assert values[1] > 10 * abs(values[0])


def test_dropping_classes_raises_it_with_every_class() -> None:
    label = torch.arange(1000) % 10
    centres = gaussian(10, 16, 3)
    real, fake = centres[label] + 0.3 * gaussian(1000, 16, 0), centres[label] + 0.3 * gaussian(1000, 16, 1)
    found = [kernel_distance(real, fake[label >= dropped], subsets=20, size=100) for dropped in range(10)]
    assert found == sorted(found)
    assert found[1] > 5 * abs(found[0])


def test_all_examples_as_one_subset_know_no_order() -> None:
    real, fake = gaussian(200, 8, 0), gaussian(200, 8, 1)
    expected = kernel_distance(real, fake, subsets=1)
    assert kernel_distance(real.flip(0), fake.roll(7, 0), subsets=1) == pytest.approx(expected, rel=1e-8)


def test_constant_features_have_their_value() -> None:
    zeros, ones = torch.zeros(10, 3), torch.ones(10, 3)
    assert kernel_distance(zeros, zeros) == pytest.approx(0, abs=1e-12)
    assert kernel_distance(zeros, ones) == pytest.approx(1 + 8 - 2)  # k(0, 0), k(1, 1), k(0, 1)


@pytest.mark.parametrize("options", [{"subsets": 0}, {"size": 1}])
def test_no_subset_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected at least 1 of 2"):
        kernel_distance(gaussian(9, 2, 0), gaussian(9, 2, 1), **options)
