"""Whether samples are as diverse as the data: how far apart they are, and how much of the data has any of them near."""

import torch
from torch import Tensor

from gancli.metrics.coverage import exact_distances
from gancli.monitoring.reference import Points
from gancli.monitoring.state import ALL

MIN_PER_CLASS = 8  # samples of a class that show how far apart they are
MIN_FOR_SHARES = 32  # of fewer, no share means anything


def low_diversity(samples: Points, real: Points) -> list[str]:
    """E‖G(z) − G(z′)‖ < 0.15 E‖x − x′‖, within every class that has enough of both, else among all."""
    classes = _common_classes(samples, real)
    if not classes:
        return [ALL] * (samples.mean_distance() < 0.15 * real.mean_distance())
    return [str(label) for label in classes if samples.mean_distance(label) < 0.15 * real.mean_distance(label)]


def _common_classes(samples: Points, real: Points) -> list[int]:
    """The classes that have enough samples and enough real examples."""
    if samples.labels is None or real.labels is None:
        return []
    counts = zip(torch.bincount(samples.labels).tolist(), torch.bincount(real.labels).tolist(), strict=False)
    return [label for label, both in enumerate(counts) if min(both) >= MIN_PER_CLASS]


def repeated(samples: Points, real: Points) -> bool:
    """P(min ‖G(z) − G(z′)‖ < r) > 0.4 + P(min ‖x − x′‖ < r), r = 0.05 median min ‖x − x′‖.

    Of four times as many real examples as samples, a perfect memory of the data repeats 22 %.
    """
    samples = Points(samples.x[: len(real.x) // 4])
    radius = 0.05 * real.nearest.median()
    share, usual = ((points.nearest < radius).float().mean() for points in (samples, real))
    return len(samples.x) >= MIN_FOR_SHARES and bool(share > 0.4 + usual)


def uncovered(samples: Tensor, real: Points) -> bool:
    """P(min ‖x − G(z)‖ < 0.1 E‖x − x′‖) < 0.2, in up to three dimensions; in more, neighbours are far anyway."""
    if real.x.shape[1] > 3 or len(real.x) < MIN_FOR_SHARES:  # so few images have few axes, too
        return False
    covered = exact_distances(real.x, samples).amin(1) < 0.1 * real.mean_distance()
    return bool(covered.float().mean() < 0.2)


def missing_classes(samples: Points, real: Points) -> list[str]:
    """P(y(G(z)) = c) < 0.1 P(y = c), y(G(z)) the class of the nearest x, where at least ten are expected."""
    assert real.labels is not None
    predicted = real.labels[exact_distances(samples.x, real.x).argmin(1)]
    known = torch.bincount(real.labels)
    found = torch.bincount(predicted, minlength=len(known))
    expected = known * (len(samples.x) / len(real.x))
    return [str(int(label)) for label in ((expected >= 10) & (found < 0.1 * expected)).nonzero()]
