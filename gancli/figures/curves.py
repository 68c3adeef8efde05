"""Logged values as curves: over steps, smoothed, and the range of an axis that shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

LoggedLines = Sequence[Mapping[str, Any]]

NOT_A_LOSS = {"step", "seconds", "warning", "notice", "origin", "end", "metrics"}

MAX_LOSS = float(np.finfo(np.float32).max)  # the largest loss; larger values are drawn as a gap, like NaN
SMOOTHED = 25  # windows of smoothing, one after the other, make a curve
OUTLIERS = 0.02  # share of the values at either end that do not decide on an axis; at least one of them
FEW = 5  # values that an axis shows all of
MANY = 100  # values, whose spread is known well
WIDE = 100  # times the usual size: an axis that must show it is logarithmic


def losses_of(history: LoggedLines) -> list[str]:
    """The names of the losses of a run."""
    return list(dict.fromkeys(name for line in history for name in line if name not in NOT_A_LOSS))


def evaluations(history: LoggedLines) -> LoggedLines:
    """The evaluations of a run: their steps and their metrics."""
    return [{**line["metrics"], "step": line["step"]} for line in history if isinstance(line.get("metrics"), dict)]


def over_steps(history: LoggedLines, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps at which something was logged, and its values; of shape (N,) each.

    A value that is not a finite number, such as JSON's NaN, Infinity and null, is NaN here.
    """
    lines = [line for line in history if name in line]
    steps = np.array([line["step"] for line in lines], float)
    return steps, np.array([_number(line[name]) for line in lines], float)


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_LOSS:
        return float(value)
    return np.nan


def window_of(values: np.ndarray, smooth: int | None = None) -> int:
    """How many values are averaged: as many as were asked for, or a share of those that there are."""
    return smooth or max(1, len(values) // SMOOTHED)


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of the last ``window`` values at every place, of as many as there are at the beginning.

    NaN is left out of the means, and stays where it is. Only the values of a window enter its mean, so that one of 1e18
    takes no digits from those after it.
    """
    window = min(window, len(values))
    if window <= 1:
        return values.copy()
    known = np.isfinite(values)
    sums = _window_sums(np.where(known, values, 0), window)
    counts = _window_sums(known.astype(float), window)
    return np.divide(sums, counts, out=np.full(len(values), np.nan), where=known)


def _window_sums(values: np.ndarray, window: int) -> np.ndarray:
    """The sum of every value and the ``window − 1`` before it.

    In blocks as long as a window, every window is the end of one block and the beginning of the next (van Herk, 1992).
    """
    blocks = -(-len(values) // window) + 1
    padded = np.zeros(blocks * window)
    padded[window : window + len(values)] = values
    rows = padded.reshape(blocks, window)
    beginnings = rows.cumsum(axis=1).flatten()
    ends = np.append(rows[:, ::-1].cumsum(axis=1)[:, ::-1].flatten(), 0)
    last = np.arange(window, window + len(values))
    first = last - window + 1
    return np.where(first % window == 0, beginnings[last], ends[first] + beginnings[last])


def lone(values: np.ndarray) -> np.ndarray:
    """Whether each value has none beside it, so that no line leads to it; of shape (N,)."""
    known = np.pad(np.isfinite(values), 1)
    return known[1:-1] & ~known[:-2] & ~known[2:]


def limits(curves: Sequence[np.ndarray], shown: Sequence[float] = ()) -> tuple[float, float, bool]:
    """The lowest and the highest value that an axis should show, and whether it should be logarithmic.

    Outliers do not flatten the rest: of every curve, values far outside of what the others span are left out.

    Args:
        curves: values as they were logged, each of shape (N,).
        shown: further values that are shown in any case.
    """
    spans = [_span(values[np.isfinite(values)]) for values in curves if np.isfinite(values).any()]
    ends = [end for span in spans for end in span] + list(shown)
    if not ends:
        return 0.0, 1.0, False
    low, high = min(ends), max(ends)
    is_logarithmic = max(abs(low), abs(high)) > WIDE * usual_size(curves) > 0
    if is_logarithmic:
        return low - 0.5 * abs(low), high + 0.5 * abs(high), True
    margin = 0.05 * (high - low) or 0.1 * abs(high) or 0.1
    return low - margin, high + margin, False


def usual_size(curves: Sequence[np.ndarray]) -> float:
    """The median of the absolute values."""
    sizes = np.abs(np.concatenate([np.empty(0), *curves]))
    return float(np.nanmedian(sizes)) if np.isfinite(sizes).any() else 0.0


def _span(values: np.ndarray) -> tuple[float, float]:
    """The ends of the values without those that are far from the rest."""
    ordered = np.sort(values)
    outliers = max(1, round(OUTLIERS * len(values))) if len(values) > FEW else 0
    low, high = ordered[outliers], ordered[-1 - outliers]
    # Of few values, those in the middle say little of how far the others may be.
    reach = (high - low) * (1 if len(values) >= MANY else 5) or 0.1 * abs(high)
    return float(max(ordered[0], low - reach)), float(min(ordered[-1], high + reach))
