"""Pixels as the numbers that networks see."""

from torch import Tensor


def values_of(pixels: Tensor) -> Tensor:
    """Pixels, uint8, as values in [-1, 1]."""
    return pixels.float().div_(127.5).sub_(1)
