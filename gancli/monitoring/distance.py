"""How far samples are from the data, in one number that is cheap and needs no trained network."""

import torch
from torch import Tensor

from gancli.monitoring.collapse import Reference

COMPARED = 512  # points of each side, at most: the whole costs a few milliseconds


class Distance:
    """The energy distance of samples to the data (Székely & Rizzo, 2013), as a share of what real ones are apart.

    0 for the data itself, about 0.4 for its mean, above 1 for what is nothing like it. It is measured along the axes of
    ``Reference``, and in how much of an example lies off them, where noise is.

    Args:
        reference: of the data.
        real: examples of shape (n, *shape).
    """

    def __init__(self, reference: Reference, real: Tensor) -> None:
        self._reference = reference
        self._real = self._see(real.cpu()[:COMPARED])  # (m, d + 1)
        self._apart = _apart(self._real)

    def __call__(self, samples: Tensor) -> float | None:
        """(2 E‖g − x‖ − E‖g − g′‖ − E‖x − x′‖) / E‖x − x′‖; None for data that is a single point."""
        if not self._apart:
            return None
        seen = self._see(samples[:COMPARED])
        between = float(torch.cdist(seen, self._real).mean())
        return max(0.0, (2 * between - _apart(seen) - self._apart) / self._apart)

    def _see(self, x: Tensor) -> Tensor:
        return torch.cat([self._reference.see(x), self._reference.off_axes(x)[:, None]], dim=1)


def _apart(points: Tensor) -> float:
    """The mean distance between two different points of shape (n, d)."""
    return float(torch.cdist(points, points).sum()) / max(1, len(points) * (len(points) - 1))
