"""Explosions and swings in the logged losses of the last few hundred steps, whatever the loss."""

import statistics
from collections.abc import Sequence

EXPLODED = 100  # times its first level: two orders of magnitude
FAR_OUT = 10  # times the loss of an undecided discriminator
SWING = 30  # between the high and the low values of a window: an order of magnitude and a half


def quantile(values: Sequence[float], at: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(at * len(values)))]


def level(values: Sequence[float]) -> float:
    """Size of a loss, whatever its sign: the median of |L|, and 1 at least, because a loss may begin at 0."""
    return max(1.0, statistics.median(map(abs, values)))


def has_exploded(values: Sequence[float], least: float, undecided: float) -> bool:
    """(L − least) / (undecided − least) > 10 at a twentieth of the steps or more, and at two at least."""
    out = sum(value - least > FAR_OUT * (undecided - least) for value in values)
    return out >= max(2, len(values) / 20)


def swings(values: Sequence[float], least: float, undecided: float) -> bool:
    """The high values of L_D − least are 30 times the low ones, and higher than at chance."""
    low, high = (quantile(values, at) - least for at in (0.1, 0.9))
    scale = undecided - least
    return high > scale and high > SWING * max(low, 1e-3 * scale)
