"""The Fréchet distance is the formula of the paper, and moves the way the paper says."""

import math
import subprocess
import sys
from typing import NoReturn

import pytest
import torch
from torch import Tensor
from torchmetrics.image.fid import FrechetInceptionDistance

from gancli.errors import UsageError
from gancli.metrics import frechet_distance, kernel_distance, precision_recall


def gaussian(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def whitened(n: int, d: int, seed: int) -> Tensor:
    """Examples whose own mean is 0 and whose own covariance is I, to the last digits."""
    x = gaussian(n, d, seed)
    x = x - x.mean(0)
    return x @ torch.linalg.inv(torch.linalg.cholesky(x.T @ x / (n - 1))).T


def symmetric_root(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ values.clamp(min=0).sqrt().diag() @ vectors.T


def formula(mean: Tensor, covariance: Tensor, other_mean: Tensor, other_covariance: Tensor) -> float:
    """With the square root of the symmetric Σ^½ Σ' Σ^½, where the code takes eigenvalues of the product Σ Σ'."""
    root = symmetric_root(covariance)
    cross = symmetric_root(root @ other_covariance @ root)
    spread = covariance.trace() + other_covariance.trace() - 2 * cross.trace()
    return ((mean - other_mean).square().sum() + spread).item()


@pytest.mark.parametrize("d", [1, 2, 8, 64])
def test_is_the_formula_for_gaussians_of_known_mean_and_covariance(d: int) -> None:
    a, b = gaussian(d, d, 1) + 2 * torch.eye(d), gaussian(d, d, 2)
    mean, other_mean = gaussian(1, d, 3)[0], gaussian(1, d, 4)[0]
    real = whitened(500, d, 5) @ a.T + mean
    fake = whitened(700, d, 6) @ b.T + other_mean
    expected = formula(mean, a @ a.T, other_mean, b @ b.T)
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_is_worked_out_by_hand_for_scaled_and_moved_white_gaussians() -> None:
    white = whitened(300, 3, 0)
    # |μ|² = 3 · 2², and tr(I + 9 I − 2 · 3 I) = 3 · 4
    assert frechet_distance(white, 3 * white + 2) == pytest.approx(12 + 12, abs=1e-8)
    assert frechet_distance(white, white) == pytest.approx(0, abs=1e-8)


def test_rounding_never_takes_a_distance_below_0() -> None:
    found = [frechet_distance(features, features) for features in (gaussian(50, 16, seed) for seed in range(20))]
    assert min(found) == 0  # some would be −1e-14
    assert max(found) < 1e-10


def test_torchmetrics_says_the_same() -> None:
    real, fake = gaussian(400, 16, 0), gaussian(300, 16, 1) * 1.3 + 0.2
    other = FrechetInceptionDistance(feature=torch.nn.Flatten(), input_img_size=(1, 4, 4)).set_dtype(torch.float64)
    other.update(real.reshape(-1, 1, 4, 4), real=True)
    other.update(fake.reshape(-1, 1, 4, 4), real=False)
    assert frechet_distance(real, fake) == pytest.approx(other.compute().item(), rel=1e-6)


def test_real_against_real_is_the_floor_that_falls_as_one_over_n() -> None:
    floors = [frechet_distance(gaussian(n, 64, 0), gaussian(n, 64, 1)) for n in (500, 1000, 2000)]
    assert floors == pytest.approx([4.25, 2.23, 1.12], rel=0.1)  # measured apart from this code


def test_every_step_away_from_the_data_raises_it() -> None:
    real, fake, noise = gaussian(1000, 8, 0), gaussian(1000, 8, 1), gaussian(1000, 8, 2)
    noisy = [frechet_distance(real, fake + sigma * noise) for sigma in (0.0, 0.5, 1.0, 2.0)]
    moved = [frechet_distance(real, fake + step) for step in (0.0, 0.5, 1.0, 2.0)]
    narrower = [frechet_distance(real, fake * scale) for scale in (1.0, 0.7, 0.3, 0.0)]
    for values in (noisy, moved, narrower):
        assert values == sorted(values)
        assert values[1] > 2 * values[0]


def test_dropping_classes_raises_it_with_every_class() -> None:
    label = torch.arange(2000) % 10
    centres = 5 * gaussian(10, 16, 3)
    real, fake = centres[label] + gaussian(2000, 16, 0), centres[label] + gaussian(2000, 16, 1)
    found = [frechet_distance(real, fake[label >= dropped]) for dropped in range(10)]
    assert found == sorted(found)
    assert found[1] > 10 * found[0]


def test_the_order_of_examples_is_nothing() -> None:
    real, fake = gaussian(200, 8, 0), gaussian(200, 8, 1)
    assert frechet_distance(real.flip(0), fake.roll(7, 0)) == pytest.approx(frechet_distance(real, fake), rel=1e-10)


def test_half_precision_is_added_up_in_double() -> None:
    real, fake = gaussian(300, 4, 0).half(), gaussian(300, 4, 1).half() + 100
    assert frechet_distance(real, fake) == frechet_distance(real.double(), fake.double())


def test_fewer_examples_than_dimensions_and_constant_ones_have_their_value() -> None:
    few = gaussian(10, 64, 0)
    assert math.isfinite(frechet_distance(few, gaussian(12, 64, 1)))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-4)
    assert frechet_distance(torch.zeros(5, 3), torch.ones(2, 3)) == pytest.approx(3)
    # tr Σ of what is spread, beside a point
    spread = whitened(50, 3, 0)
    assert frechet_distance(spread, torch.zeros(4, 3)) == pytest.approx(3, abs=1e-8)


@pytest.mark.parametrize("measure", [frechet_distance, kernel_distance, precision_recall])
@pytest.mark.parametrize("error", [ModuleNotFoundError("no module torchvision"), RuntimeError("no operator nms")])
def test_where_torch_fidelity_cannot_be_imported_it_says_why_and_what_to_install(
    measure: object, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is missing, or torchvision is for another build of PyTorch."""

    def broken(name: str) -> NoReturn:
        raise error

    monkeypatch.setattr("gancli.metrics.fidelity.import_module", broken)
    with pytest.raises(UsageError, match=rf"needs torch-fidelity.*{error}.*: pip install .* torch-fidelity"):
        measure(gaussian(9, 2, 0), gaussian(9, 2, 1))


def test_torch_fidelity_waits_until_it_is_needed() -> None:
    code = "import sys, gancli.metrics; sys.exit('torch_fidelity' in sys.modules or 'torchvision' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
