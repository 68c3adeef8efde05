"""Schedules in closed form."""

import pytest
import torch

from gancli.training.schedules import Schedule, progress


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("linear", {0: 4.0, 25: 3.25, 50: 2.5, 100: 1.0, 1000: 1.0}),
        ("cosine", {0: 4.0, 25: 4 - 3 * (1 - 0.5**0.5) / 2, 50: 2.5, 100: 1.0, 1000: 1.0}),
        ("exponential", {0: 4.0, 25: 8**0.5, 50: 2.0, 100: 1.0, 1000: 1.0}),
    ],
)
def test_values(shape: str, expected: dict[int, float]) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=9.0)
    schedule = Schedule(optimizer, "lr", 4.0, 1.0, 100, shape)
    for step, value in expected.items():
        assert schedule.at(step) == pytest.approx(value)
        schedule.apply(step)
        assert optimizer.param_groups[0]["lr"] == schedule.at(step)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("linear", {0: 4.0, 49: 4.0, 50: 4.0, 75: 2.5, 100: 1.0, 1000: 1.0}),
        ("cosine", {0: 4.0, 50: 4.0, 62.5: 4 - 3 * (1 - 0.5**0.5) / 2, 75: 2.5, 100: 1.0, 1000: 1.0}),
        ("exponential", {0: 4.0, 50: 4.0, 75: 2.0, 100: 1.0, 1000: 1.0}),
    ],
)
def test_a_schedule_is_held_for_a_share_of_its_steps(shape: str, expected: dict[int, float]) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=9.0)
    schedule = Schedule(optimizer, "lr", 4.0, 1.0, 100, shape, after=0.5)
    assert {step: schedule.at(step) for step in expected} == pytest.approx(expected)


def test_progress_without_a_hold_is_the_share_of_the_steps() -> None:
    assert [progress(step, 7) for step in range(9)] == [min(1.0, step / 7) for step in range(9)]  # to the bit
