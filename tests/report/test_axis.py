"""Numbers of an axis are round, few, and on it."""

import numpy as np
import pytest
from hypothesis import given, strategies

from gancli.report.axis import Axis, value_axis

VALUE = strategies.floats(-3e38, 3e38)


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.3, 0.3, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]),
        (0, 5000, list(range(0, 5001, 1000))),
    ],
)
def test_round_numbers(low: float, high: float, numbers: list[float]) -> None:
    assert Axis(low, high).numbers() == pytest.approx(numbers)


def test_an_axis_of_wild_values_is_logarithmic() -> None:
    values = np.array([1.0] * 50 + [1e7] * 10)
    axis = value_axis([values], [])
    assert axis.linear_threshold == 1.0
    assert 1e6 in axis.numbers() or 1e7 in axis.numbers()
    one, straight = (each.at(np.array([1.0]))[0] for each in (axis, Axis(axis.low, axis.high)))
    assert one > 0.01 > 1e-6 > straight  # two pixels above the edge, where a linear axis has none


@given(strategies.lists(VALUE, max_size=40), strategies.lists(VALUE, max_size=2))
def test_any_values_have_an_axis(values: list[float], shown: list[float]) -> None:
    axis = value_axis([np.array(values)], shown)
    numbers = axis.numbers()
    assert len(numbers) <= 10
    places = axis.at(np.array(numbers))
    assert np.isfinite(places).all()
    assert ((places > -0.01) & (places < 1.01)).all()
