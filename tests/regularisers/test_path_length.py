"""Path length regularisation on linear generators, where Jᵀy is known."""

import math

import pytest
import torch
from torch import Tensor, nn

from gancli.regularisers import PathLength

SHAPE = (3, 4, 6)
Z = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))


class Linear(nn.Module):
    """G(z) = Az, whose Jacobian is A for every z."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(math.prod(SHAPE), 5, generator=torch.Generator().manual_seed(1)))

    def forward(self, z: Tensor) -> Tensor:
        return (z @ self.a.T).unflatten(1, SHAPE)


class Mapped(Linear):
    """w = 7z, given to two layers; G(z) = A₁w₁ + 2A₁w₂."""

    def mapping(self, z: Tensor, y: Tensor | None) -> Tensor:
        assert y is None
        return (7 * z)[:, None].expand(-1, 2, -1)

    def synthesis(self, w: Tensor) -> Tensor:
        return super().forward(w[:, 0] + 2 * w[:, 1])

    def forward(self, z: Tensor) -> Tensor:
        return self.synthesis(self.mapping(z, None))


def lengths(a: Tensor, n: int) -> Tensor:
    """‖Aᵀy‖ for the directions y that the regulariser draws, with E‖y‖² = the number of channels."""
    y = torch.randn(n, *SHAPE) / math.sqrt(4 * 6)
    return (y.flatten(1) @ a).norm(dim=1)


@pytest.mark.parametrize("shrink", [1, 2, 6, 100])
def test_a_linear_generator_by_definition(shrink: int) -> None:
    generator, term = Linear(), PathLength(weight=3, decay=0.25, batch_shrink=shrink)
    torch.manual_seed(5)
    first, second = term(generator, Z, None), term(generator, Z, None)
    torch.manual_seed(5)
    n, mean = max(1, 6 // shrink), torch.zeros(())
    for found in (first, second):
        expected = lengths(generator.a, n)
        mean = mean + 0.25 * (expected.mean() - mean)
        torch.testing.assert_close(found, 3 * (expected - mean).square().mean())
    torch.testing.assert_close(term.mean, mean.detach())


def test_the_defaults_are_the_papers() -> None:
    term = PathLength()
    assert (term.weight, term.decay, term.batch_shrink) == (2, 0.01, 2)


def test_the_derivative_is_by_w_and_averaged_over_its_layers_where_there_is_one() -> None:
    generator = Mapped()
    torch.manual_seed(5)
    found = PathLength(decay=1, batch_shrink=1)(generator, Z, None)
    torch.manual_seed(5)
    expected = lengths(generator.a, 6) * math.sqrt((1 + 4) / 2)  # of the squares ‖Aᵀy‖² and ‖2Aᵀy‖²
    torch.testing.assert_close(found, 2 * (expected - expected.mean()).square().mean())


def test_points_have_the_plain_length() -> None:
    generator = nn.Linear(5, 2)
    torch.manual_seed(5)
    found = PathLength(decay=1, batch_shrink=1)(generator, Z, None)
    torch.manual_seed(5)
    expected = (torch.randn(6, 2) @ generator.weight).norm(dim=1)
    torch.testing.assert_close(found, 2 * (expected - expected.mean()).square().mean())


def test_the_second_order_gradient_reaches_the_generator_and_not_the_noise() -> None:
    generator, z = Linear(), Z.clone().requires_grad_()
    torch.manual_seed(5)
    PathLength(batch_shrink=1)(generator, z, None).backward()
    torch.manual_seed(5)
    a = generator.a.detach().clone().requires_grad_()
    by_definition = lengths(a, 6)
    (2 * (by_definition - 0.01 * by_definition.mean()).square().mean()).backward()
    torch.testing.assert_close(generator.a.grad, a.grad)
    assert z.grad is None


def test_isometries_of_the_mean_length_cost_least_and_a_generator_without_slope_is_finite() -> None:
    flat = nn.Linear(5, 2)
    nn.init.zeros_(flat.weight)
    loss = PathLength()(flat, Z, None)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-9)
    assert flat.weight.grad.isfinite().all()


def test_the_running_mean_is_state() -> None:
    term, other = PathLength(), PathLength()
    term(Linear(), Z, None)
    assert set(term.state_dict()) == {"mean"}
    other.load_state_dict(term.state_dict())
    assert other.mean == term.mean != 0


def test_classes_are_those_of_the_samples_that_are_used() -> None:
    seen = []

    class Conditional(Linear):
        def forward(self, z: Tensor, y: Tensor) -> Tensor:  # type: ignore[override]
            seen.append(y)
            return super().forward(z)

    PathLength()(Conditional(), Z, torch.arange(6))
    assert seen[0].tolist() == [0, 1, 2]
