"""How far samples are from the data, in one number that is cheap and needs no trained network."""

import torch
from torch import Tensor

from gancli.monitoring.reference import Reference

MAX_POINTS = 512  # of samples and of real examples: the whole costs a few milliseconds


class EnergyDistance:
    """The energy distance of samples to the data (Székely & Rizzo, 2013), over the mean distance of real examples.

    0 for the data itself, about 0.4 for its mean, above 1 for what is nothing like it. It is measured along the axes of
    ``Reference``, and in how much of an example lies off them, where noise is.

    Args:
        reference: of the data.
        real: examples of shape (n, *shape).
    """

    def __init__(self, reference: Reference, real: Tensor) -> None:
        self._reference = reference
        self._real = self._coordinates(real.cpu()[:MAX_POINTS])  # (m, d + 1)
        self._scale = _mean_distance(self._real)

    def __call__(self, samples: Tensor) -> float | None:
        """(2 E‖g − x‖ − E‖g − g′‖ − E‖x − x′‖) / E‖x − x′‖; None for data that is a single point."""
        if not self._scale:
            return None
        generated = self._coordinates(samples[:MAX_POINTS])
        between = float(torch.cdist(generated, self._real).mean())
        return max(0.0, (2 * between - _mean_distance(generated) - self._scale) / self._scale)

    def _coordinates(self, x: Tensor) -> Tensor:
        return torch.cat([self._reference.project(x), self._reference.distance_to_axes(x)[:, None]], dim=1)


def _mean_distance(points: Tensor) -> float:
    """Between two different points of shape (n, d)."""
    return float(torch.cdist(points, points).sum()) / max(1, len(points) * (len(points) - 1))
