"""What the monitor takes from losses and from samples: the mathematics, on curves and samples that are made up."""

import math
import random
from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor

from gancli import losses
from gancli.data import MNIST, Ring
from gancli.losses import AdversarialLoss
from gancli.monitoring import NUM_REFERENCE, NUM_SAMPLES, TrainingMonitor, loss_curves
from gancli.monitoring.energy_distance import EnergyDistance
from gancli.monitoring.reference import Reference
from gancli.monitoring.schedule import CheckSchedule
from gancli.monitoring.state import SampleCheck
from gancli.monitoring.trend import FAR, is_far, is_nearing, is_worse

CHANCE = 2 * math.log(2)


def warned(
    values: Sequence[float], loss: AdversarialLoss | None, *, steps: int = 3000, scale: float = 1.0
) -> list[str]:
    """The failures that a curve of the discriminator's loss shows, logged every ten steps; gradients are healthy."""
    monitor = TrainingMonitor(loss, lambda: (), steps=steps)
    said = [
        warning
        for index, value in enumerate(values, 1)
        for warning in monitor.after_step(10 * index, {"discriminator": scale * value}, 1.0)
    ]
    return [warning.partition(":")[0] for warning in said]


def noisy(centre: Callable[[int], float], spread: float, n: int = 300) -> list[float]:
    rng = random.Random(0)
    return [centre(index) + spread * rng.gauss(0, 1) for index in range(n)]


HEALTHY = {
    "at chance": noisy(lambda _: CHANCE, 0.05),
    "a good discriminator": noisy(lambda _: 0.5, 0.1),
    "won at first": noisy(lambda index: min(1.2, 0.005 + 0.05 * index), 0.001),
    "one wild step": [*noisy(lambda _: CHANCE, 0.05, 150), 900.0, *noisy(lambda _: CHANCE, 0.05, 149)],
    "falling": noisy(lambda index: 1.3 * math.exp(-index / 200) + 0.2, 0.02),
}
FAILING = {
    "won for good": (noisy(lambda _: 0.006, 0.001), "discriminator saturated"),
    "won at 7 of 10 steps": ([0.9 if index % 10 < 3 else 0.005 for index in range(300)], "discriminator saturated"),
    "won and lost in turn": ([2.0 if index % 2 else 0.02 for index in range(300)], "the losses swing"),
    "exploded now and then": ([50.0 if index % 10 == 0 else 1.0 for index in range(300)], "the losses explode"),
    "exploded for good": (noisy(lambda index: 1.3 * math.exp(index / 15), 0.0), "the losses explode"),
}


@pytest.mark.parametrize("curve", HEALTHY)
def test_a_healthy_curve_is_not_warned_of(curve: str) -> None:
    assert warned(HEALTHY[curve], losses.NonSaturating()) == []


@pytest.mark.parametrize("curve", FAILING)
def test_a_failing_curve_is_warned_of_once_and_before_a_third_of_its_steps(curve: str) -> None:
    values, expected = FAILING[curve]
    assert warned(values, losses.NonSaturating()).count(expected) == 1
    if curve != "exploded for good":
        assert warned(values[:100], losses.NonSaturating()) == [expected]


@pytest.mark.parametrize("scale", [1e-3, 1e3])
@pytest.mark.parametrize("curve", [*HEALTHY, *FAILING])
def test_a_loss_on_another_scale_is_treated_alike(curve: str, scale: float) -> None:
    class Scaled(losses.NonSaturating):
        def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
            return scale * super().discriminator(real_logits, fake_logits)

    values = HEALTHY[curve] if curve in HEALTHY else FAILING[curve][0]
    if curve != "exploded for good":
        assert warned(values, Scaled(), scale=scale) == warned(values, losses.NonSaturating())


@pytest.mark.parametrize("log_every", [1, 10, 50, 200])
def test_however_often_it_is_logged_a_won_game_is_warned_of(log_every: int) -> None:
    monitor, reported = TrainingMonitor(losses.Hinge(), lambda: (), steps=6000), {}
    for step in range(log_every, 6000, log_every):
        if said := monitor.after_step(step, {"discriminator": 0.0}, 1.0):
            reported[step] = said
        assert len(monitor.state_dict()["recent"]) <= 51
    assert len(reported) == 1
    assert 400 < min(reported) <= 1000


def test_a_critic_without_bounds_may_drift_but_not_explode() -> None:
    wasserstein = losses.Wasserstein()
    assert warned(noisy(lambda index: -20 * math.exp(-index / 50) - 2, 1.0), wasserstein) == []
    assert warned(noisy(lambda index: 5.0 * index, 1.0)[:20], wasserstein) == []
    assert warned(noisy(lambda index: -10 * math.exp(index / 20), 1.0), wasserstein) == ["the losses explode"]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_growth_and_swings_do_not_depend_on_the_unit(scale: float) -> None:
    least, undecided = 0.0, 2 * scale
    assert loss_curves.swings([0.01 * scale, 3 * scale] * 10, least, undecided)
    assert not loss_curves.swings([0.5 * scale, 3 * scale] * 10, least, undecided)
    assert loss_curves.has_exploded([scale] * 18 + [30 * scale] * 2, least, undecided)
    assert not loss_curves.has_exploded([scale] * 19 + [30 * scale], least, undecided)


@pytest.fixture(scope="module")
def digits() -> Tensor:
    dataset = MNIST(source="embedded")
    return dataset.gather(torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0)), torch.Generator())[
        0
    ]


def distance(real: Tensor) -> EnergyDistance:
    return EnergyDistance(Reference((real,)), real)


def measured(found: float | None) -> float:
    assert found is not None
    return found


def test_the_distance_of_the_data_to_itself_is_next_to_nothing(digits: Tensor) -> None:
    of = distance(digits[: NUM_REFERENCE.most])
    for start in range(1100, 4600, 500):
        assert measured(of(digits[start : start + NUM_SAMPLES.most])) < 0.02


def test_the_distance_knows_noise_grey_speckles_and_one_shape(digits: Tensor) -> None:
    of, rng = distance(digits[: NUM_REFERENCE.most]), torch.Generator().manual_seed(0)
    some = digits[2000 : 2000 + NUM_SAMPLES.most]
    noise = torch.rand(some.shape, generator=rng) * 2 - 1
    speckled = torch.where(torch.rand(some.shape, generator=rng) < 0.3, -some, some)
    bad = {
        "grey": torch.zeros_like(some),
        "noise": noise,
        "speckled": speckled,
        "the mean": digits.mean(0, keepdim=True).expand_as(some),
        "one digit": some[:1].expand_as(some),
        "negatives": -some,
    }
    assert {name for name, samples in bad.items() if measured(of(samples)) > FAR} == set(bad)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_distance_has_no_unit(scale: float) -> None:
    ring = Ring().points
    samples = ring[3000:3500] * 0.5
    found = distance(ring[:1000])(samples)
    assert distance(scale * ring[:1000])(scale * samples) == pytest.approx(found, rel=1e-3)


def test_data_that_is_one_point_has_no_distance() -> None:
    assert distance(torch.zeros(100, 1))(torch.ones(50, 1)) is None


def checks(*distances: float) -> list[SampleCheck]:
    return [SampleCheck(100 * index, value) for index, value in enumerate(distances)]


def test_far_means_four_checks_without_progress() -> None:
    assert is_far(checks(0.4, 0.4, 0.4, 0.4))
    assert not is_far(checks(0.4, 0.4, 0.4))
    assert not is_far(checks(0.8, 0.6, 0.45, 0.35))
    assert not is_far(checks(0.4, 0.4, 0.4, 0.1))
    assert is_nearing(checks(0.8, 0.6))
    assert not is_nearing(checks(0.4))


def test_worse_means_three_times_the_least() -> None:
    assert is_worse(checks(0.05, 0.3), SampleCheck(0, 0.05))
    assert not is_worse(checks(0.05, 0.1), SampleCheck(0, 0.05))
    assert not is_worse(checks(0.15, 0.3), SampleCheck(0, 0.15))


def test_there_are_at_most_six_more_checks_all_of_them_in_the_first_third() -> None:
    for steps in (1, 60, 500, 1500, 6000, 100_000):
        extra = [step for step in range(1, steps + 1) if CheckSchedule(steps).is_check_due(step)]
        assert len(extra) <= 6
        assert all(3 * step <= steps for step in extra)
        if steps >= 500:
            assert len(extra) == 6
