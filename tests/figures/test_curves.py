"""Curves of what was logged: gaps, means that lose no digits, and axes that a few wild values do not flatten."""

import json

import numpy as np
import pytest

from gancli.figures.curves import limits, lone, over_steps, running_mean, window_of

CALM = np.random.default_rng(0).normal(1, 0.2, 600)


def spoilt(value: float, *places: int) -> np.ndarray:
    values = CALM.copy()
    values[list(places)] = value
    return values


@pytest.mark.parametrize("window", [1, 2, 3, 7, 19, 20, 100])
def test_the_running_mean_is_the_mean_of_the_last_values(window: int) -> None:
    values = CALM[:20]
    expected = [values[max(0, end - window) : end].mean() for end in range(1, 21)]
    np.testing.assert_allclose(running_mean(values, window), expected)


def test_a_huge_value_takes_no_digits_from_those_after_it() -> None:
    smoothed = running_mean(spoilt(1e18, 100), 24)
    np.testing.assert_allclose(smoothed[124:], running_mean(CALM, 24)[124:], rtol=1e-12)
    assert smoothed[123] == pytest.approx(1e18 / 24)


def test_what_is_not_known_is_a_gap_and_in_no_mean() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0])
    np.testing.assert_array_equal(running_mean(values, 2), [1, np.nan, 3, 4])
    np.testing.assert_array_equal(running_mean(np.full(3, np.nan), 2), np.full(3, np.nan))
    assert len(running_mean(np.empty(0), 5)) == 0


def test_whatever_json_may_hold_is_a_number_or_a_gap() -> None:
    line = '{"step": %d, "a": %s}'
    written = ["1", "NaN", "Infinity", "-Infinity", "null", '"x"', "true", "1e999", "[]", "-2.5"]
    history = [json.loads(line % (step, value)) for step, value in enumerate(written)]
    steps, values = over_steps([*history, {"step": 99}], "a")
    assert steps.tolist() == list(range(len(written)))
    np.testing.assert_array_equal(values, [1, *[np.nan] * 8, -2.5])


def test_a_point_without_neighbours_is_known() -> None:
    nan = np.nan
    assert lone(np.array([1.0])).tolist() == [True]
    assert lone(np.array([1, 1, nan, 1, nan, nan, 1])).tolist() == [False, False, False, True, False, False, True]
    assert lone(np.array([nan])).tolist() == [False]
    assert lone(np.empty(0)).tolist() == []


@pytest.mark.parametrize(("n", "window"), [(0, 1), (1, 1), (30, 1), (100, 4), (600, 24), (20_000, 800)])
def test_smoothing_grows_with_the_number_of_points(n: int, window: int) -> None:
    assert window_of(np.zeros(n)) == window
    assert window_of(np.zeros(n), 7) == 7


@pytest.mark.parametrize("wild", [1e4, -1e4, 1e18, 3e38, -3e38])
@pytest.mark.parametrize("places", [[0], [300], [599], [5, 6, 7, 300, 400]])
def test_a_few_wild_values_do_not_flatten_the_rest(wild: float, places: list[int]) -> None:
    low, high, is_wide = limits([spoilt(wild, *places)])
    assert not is_wide
    assert -1.5 < low < CALM.min() < CALM.max() < high < 3.5


def test_without_wild_values_all_are_shown() -> None:
    for values in (CALM, -CALM, np.linspace(-5, 3, 30), np.exp(-np.arange(200) / 20), np.array([1.0, 2.0, 40.0])):
        low, high, _ = limits([values])
        assert low < values.min() < values.max() < high


def test_a_few_points_are_not_wild_for_being_apart() -> None:
    values = np.array([1.26, 2.1, 0.81, 1.2, 1.37, 1.26])
    low, high, _ = limits([values])
    assert low < 0.81 < 2.1 < high


def test_even_ten_points_have_a_wild_one_left_out() -> None:
    assert limits([np.array([1, 1.1, 0.9, 1e4, 1, 1.2, 0.8, 1, 1, 1])])[1] < 3


@pytest.mark.parametrize("value", [0.0, 1.386, -1e6, 1e-9, 3e38])
def test_a_constant_has_room_around_it(value: float) -> None:
    for n in (1, 20):
        low, high, is_wide = limits([np.full(n, value)])
        assert low < value < high
        assert np.isfinite([low, high]).all()
        assert not is_wide


def test_every_curve_is_shown_however_rare_its_values_are() -> None:
    low, high, _ = limits([CALM, np.array([8.0, 9.0])], [-3.0])
    assert low < -3 < 9 < high


def test_a_curve_that_grows_by_orders_of_magnitude_gets_a_logarithmic_axis() -> None:
    low, _, is_wide = limits([-np.exp(np.arange(100) / 4), CALM])
    assert is_wide
    assert low < -np.exp(99 / 4)


def test_of_nothing_there_is_an_axis() -> None:
    assert limits([]) == limits([np.full(3, np.nan)]) == (0.0, 1.0, False)
