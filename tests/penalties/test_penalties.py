"""Penalties in closed form, for critics whose gradient is known."""

import pytest
import torch
from torch import Tensor

from gancli.penalties import DRAGAN, R1, R2, Critic, GradientPenalty, Penalty

W = torch.tensor([3.0, 4.0])  # ‖w‖ = 5


def linear(x: Tensor) -> Tensor:
    return x.flatten(1) @ W


def half_square(x: Tensor) -> Tensor:
    """D(x) = ½‖x‖², whose gradient is x: another norm for every sample."""
    return 0.5 * x.flatten(1).square().sum(1)


@pytest.mark.parametrize("shape", [(2,), (1, 1, 2), (2, 1, 1)])
@pytest.mark.parametrize("n", [1, 7])
def test_linear_critic(shape: tuple[int, ...], n: int) -> None:
    real, fake = torch.randn(n, *shape), torch.randn(n, *shape)
    assert GradientPenalty()(linear, real, fake).item() == pytest.approx(10 * (5 - 1) ** 2)
    assert GradientPenalty(weight=3)(linear, real, fake).item() == pytest.approx(3 * (5 - 1) ** 2)
    assert R1()(linear, real, fake).item() == pytest.approx(1 / 2 * 25)
    assert R1(gamma=4)(linear, real, fake).item() == pytest.approx(4 / 2 * 25)
    assert R2()(linear, real, fake).item() == pytest.approx(1 / 2 * 25)
    assert R2(gamma=4)(linear, real, fake).item() == pytest.approx(4 / 2 * 25)
    assert DRAGAN()(linear, real, fake).item() == pytest.approx(10 * (5 - 1) ** 2)
    assert DRAGAN(weight=3)(linear, real, fake).item() == pytest.approx(3 * (5 - 1) ** 2)


def test_the_norm_is_of_each_sample_and_not_of_the_batch() -> None:
    x = torch.tensor([[3.0, 4.0], [0.0, 1.0]])  # norms 5 and 1; of the batch √26
    assert GradientPenalty(weight=1)(half_square, x, x).item() == pytest.approx(((5 - 1) ** 2 + 0) / 2)
    assert R1(gamma=2)(half_square, x, torch.zeros_like(x)).item() == pytest.approx((25 + 1) / 2)
    assert R2(gamma=2)(half_square, torch.zeros_like(x), x).item() == pytest.approx((25 + 1) / 2)
    assert DRAGAN(weight=1, noise=0)(half_square, x, x).item() == pytest.approx(((5 - 1) ** 2 + 0) / 2)


def test_the_norm_is_over_all_pixels() -> None:
    images = torch.full((2, 3, 4, 4), 0.5)  # ‖x‖² = 48 / 4
    assert R1(gamma=2)(half_square, images, images).item() == pytest.approx(12)
    assert GradientPenalty(weight=1)(half_square, images, images).item() == pytest.approx((12**0.5 - 1) ** 2)


def test_r1_is_at_the_real_samples_and_r2_at_the_fakes() -> None:
    real, fake = torch.full((2, 1, 2, 2), 1.0), torch.full((2, 1, 2, 2), 3.0)
    assert R1()(half_square, real, fake).item() == pytest.approx(1 / 2 * 4)
    assert R2()(half_square, real, fake).item() == pytest.approx(1 / 2 * 4 * 9)


@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_dragan_is_around_the_real_samples_in_units_of_their_spread(noise: float) -> None:
    points: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        points.append(x.detach())
        return half_square(x)

    real = torch.tensor([-3.0, 3.0])[:, None, None, None].repeat(500, 3, 4, 4)  # a standard deviation of 3
    DRAGAN(noise=noise)(critic, real, torch.full_like(real, 100.0))
    offset = points[0] - real
    assert offset.mean().item() == pytest.approx(0, abs=0.1)
    assert offset.std().item() == pytest.approx(3 * noise, rel=0.02)
    assert len(offset.unique()) > 0.99 * offset.numel()  # every pixel its own


def test_gradient_penalty_is_between_with_one_epsilon_a_sample() -> None:
    seen = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return half_square(x)

    GradientPenalty()(critic, torch.zeros(50, 3, 4, 4), torch.ones(50, 3, 4, 4))
    (x_hat,) = seen
    epsilon = x_hat[:, 0, 0, 0]
    torch.testing.assert_close(x_hat, epsilon[:, None, None, None].expand_as(x_hat), rtol=0, atol=0)
    assert len(epsilon.unique()) == 50
    assert 0 <= epsilon.min() < 0.2 < 0.8 < epsilon.max() <= 1


@pytest.mark.parametrize(
    ("penalty", "slope"),
    [
        (GradientPenalty(weight=10), 10 * 2 * (5 - 1) * W / 5),  # d/dw λ(‖w‖ − 1)² = 2λ(‖w‖ − 1) w/‖w‖
        (DRAGAN(weight=10), 10 * 2 * (5 - 1) * W / 5),
        (R1(gamma=3), 3 * W),  # d/dw γ/2 ‖w‖² = γw
        (R2(gamma=3), 3 * W),
    ],
)
def test_the_second_order_gradient_reaches_the_critic(penalty: Penalty, slope: Tensor) -> None:
    w = W.clone().requires_grad_(True)
    penalty(lambda x: x @ w, torch.randn(6, 2), torch.randn(6, 2)).backward()
    torch.testing.assert_close(w.grad, slope)


def test_nothing_reaches_the_samples() -> None:
    real, fake = torch.randn(4, 2, requires_grad=True), torch.randn(4, 2, requires_grad=True)
    for penalty in (GradientPenalty(), DRAGAN(), R1(), R2()):
        w = W.clone().requires_grad_(True)
        penalty(lambda x, w=w: half_square(x) * (x @ w), real, fake).backward()
        assert real.grad is None
        assert fake.grad is None


@pytest.mark.parametrize("kind", [GradientPenalty, DRAGAN])
def test_a_critic_without_slope_has_a_finite_gradient(kind: type[GradientPenalty] | type[DRAGAN]) -> None:
    w = torch.zeros(2, requires_grad=True)
    penalty = kind(weight=10)(lambda x: x @ w, torch.randn(4, 2), torch.randn(4, 2))
    penalty.backward()
    assert penalty.item() == pytest.approx(10, rel=1e-5)
    assert w.grad.isfinite().all()


LOGITS = {  # of one sample's score D(x) = ½‖x‖², as a critic may give it
    "one": half_square,
    "several": lambda x: half_square(x)[:, None] * torch.tensor([1.0, 0.0, 2.0]),
    "map": lambda x: half_square(x)[:, None, None, None] * torch.tensor([[1.5, 0.5], [1.0, 1.0]]),
}


@pytest.mark.parametrize("critic", LOGITS.values(), ids=LOGITS)
def test_several_logits_of_a_sample_weigh_as_much_as_their_mean(critic: Critic) -> None:
    real, fake = torch.randn(5, 1, 2, 2), torch.randn(5, 1, 2, 2)
    squares = [x.flatten(1).square().sum(1) for x in (real, fake)]
    assert R1(gamma=2)(critic, real, fake).item() == pytest.approx(squares[0].mean().item())
    assert R2(gamma=2)(critic, real, fake).item() == pytest.approx(squares[1].mean().item())
    slope = ((squares[0].sqrt() - 1) ** 2).mean().item()
    assert DRAGAN(weight=1, noise=0)(critic, real, fake).item() == pytest.approx(slope, rel=1e-5)
    assert GradientPenalty(weight=1)(critic, real, real).item() == pytest.approx(slope, rel=1e-5)
