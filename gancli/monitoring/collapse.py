"""Whether samples are as diverse as the data: how far apart they are, and what of the data has any of them near."""

import math
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancli.data.base import Batch
from gancli.metrics.coverage import exact
from gancli.monitoring.memory import ALL
from gancli.training.device import one_thread

SIDE, COMPONENTS = 32, 32  # images are compared this small, and everything in this many principal components
FEW = 8  # samples of a class that say how far apart they are


class View:
    """Points of shape (n, d), and their labels of shape (n,) if they have any."""

    def __init__(self, x: Tensor, labels: Tensor | None = None) -> None:
        self.x, self.labels = x, labels

    @cached_property
    def distances(self) -> Tensor:
        """From every point to every point, of shape (n, n)."""
        return exact(self.x, self.x)

    @cached_property
    def nearest(self) -> Tensor:
        """From every point to the nearest other one, of shape (n,)."""
        return self.distances.clone().fill_diagonal_(math.inf).amin(1)

    def apart(self, label: int | None = None) -> float:
        """The mean distance between two points, or between two of one label."""
        among = self.distances if label is None else self.distances[self.labels == label][:, self.labels == label]
        return float(among.sum()) / max(1, len(among) * (len(among) - 1))


class Reference:
    """Real examples, and the axes along which they differ most; noise off these axes is not taken for diversity."""

    def __init__(self, batch: Batch) -> None:
        x = _flat(batch[0].cpu())
        self.mean = x.mean(0)
        self.axes = principal_axes(x - self.mean, COMPONENTS)  # (D, d)
        self.view = View(self.see(batch[0].cpu()), batch[1].cpu() if len(batch) > 1 else None)

    def see(self, x: Tensor) -> Tensor:
        """Examples of shape (n, *shape) in coordinates along the axes, of shape (n, d)."""
        return (_flat(x) - self.mean) @ self.axes

    def off_axes(self, x: Tensor) -> Tensor:
        """How far examples of shape (n, *shape) lie from the space of the axes, of shape (n,)."""
        centred = _flat(x) - self.mean
        return (centred - centred @ self.axes @ self.axes.T).norm(dim=1)


def principal_axes(x: Tensor, count: int) -> Tensor:
    """The directions in which centred points of shape (n, D) differ most, of shape (D, ≤ count).

    They are taken from the smaller one of the two symmetric products, far faster than a singular value decomposition.
    """
    x = x.double()
    with one_thread():
        if x.shape[1] <= x.shape[0]:
            return torch.linalg.eigh(x.T @ x).eigenvectors[:, -count:].flip(1).float()
        values, vectors = torch.linalg.eigh(x @ x.T)
        lengths = values[-count:].clamp_min(1e-10 * values[-1] + 1e-30).sqrt()  # centred points lack an axis
        return (x.T @ (vectors[:, -count:] / lengths)).flip(1).float()


def _flat(x: Tensor) -> Tensor:
    if x.ndim == 4:
        x = adaptive_avg_pool2d(x.float(), (min(SIDE, x.shape[2]), min(SIDE, x.shape[3])))
    return x.float().flatten(1)


def narrow(samples: View, real: View) -> list[str]:
    """E‖G(z) − G(z′)‖ < 0.15 E‖x − x′‖, within every class that has enough of both, else among all."""
    judged: list[int] = []
    if samples.labels is not None and real.labels is not None:
        counts = zip(torch.bincount(samples.labels).tolist(), torch.bincount(real.labels).tolist(), strict=False)
        judged = [label for label, both in enumerate(counts) if min(both) >= FEW]
    if not judged:
        return [ALL] * (samples.apart() < 0.15 * real.apart())
    return [str(label) for label in judged if samples.apart(label) < 0.15 * real.apart(label)]


def repeated(samples: View, real: View) -> bool:
    """P(min ‖G(z) − G(z′)‖ < r) > 0.4 + P(min ‖x − x′‖ < r), r = 0.05 median min ‖x − x′‖.

    Of four times as many real examples as samples, a perfect memory of the data repeats 22 %.
    """
    samples = View(samples.x[: len(real.x) // 4])
    radius = 0.05 * real.nearest.median()
    share, usual = ((it.nearest < radius).float().mean() for it in (samples, real))
    return len(samples.x) >= 32 and bool(share > 0.4 + usual)


def uncovered(samples: Tensor, real: View) -> bool:
    """P(min ‖x − G(z)‖ < 0.1 E‖x − x′‖) < 0.2, in up to three dimensions; in more, neighbours are far anyway."""
    if real.x.shape[1] > 3 or len(real.x) < 32:  # so few images have few axes, too
        return False
    covered = exact(real.x, samples).amin(1) < 0.1 * real.apart()
    return bool(covered.float().mean() < 0.2)


def dead(samples: View, real: View) -> list[str]:
    """P(y(G(z)) = c) < 0.1 P(y = c), y(G(z)) the class of the nearest x, where at least ten are expected."""
    assert real.labels is not None
    looks_like = real.labels[exact(samples.x, real.x).argmin(1)]
    known = torch.bincount(real.labels)
    found = torch.bincount(looks_like, minlength=len(known))
    expected = known * (len(samples.x) / len(real.x))
    return [str(int(it)) for it in ((expected >= 10) & (found < 0.1 * expected)).nonzero()]
