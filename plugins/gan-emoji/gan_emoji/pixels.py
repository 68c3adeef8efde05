"""Portraits over a background, averaged down to a smaller size.

Laying them over the background comes first, in their full size: an average of transparent pixels, whose colour means
nothing, would leave dark fringes. All sums are of whole numbers, so every machine gets the same pixels.
"""

import torch
from torch import Tensor

FULL = 128  # pixels of a side


def flattened(portraits: Tensor, background: tuple[int, int, int], size: int) -> Tensor:
    """The mean of every pixel's area, of portraits over a background, of shape (N, 3, size, size), uint8.

    Args:
        portraits: of shape (N, 128, 128, 4), RGBA, uint8.
        background: red, green and blue, 0 to 255.
        size: pixels of a side, 1 to 128.
    """
    rgba = portraits.permute(0, 3, 1, 2).double()  # (N, 4, 128, 128); whole numbers below 2^53 are exact
    colour, alpha = rgba[:, :3], rgba[:, 3:]
    x = colour * alpha + torch.tensor(background).view(3, 1, 1) * (255 - alpha)  # 255 times the colour
    if size == FULL:
        return (x / 255).round().byte()
    area = overlaps(size)
    return (area @ x @ area.T / (255 * FULL**2)).round().byte()


def overlaps(size: int) -> Tensor:
    """How much of every old pixel is in every new one, of shape (size, 128), in units of which each new one has 128."""
    new, old = torch.arange(size)[:, None] * FULL, torch.arange(FULL)[None] * size  # where they begin
    return (torch.minimum(new + FULL, old + size) - torch.maximum(new, old)).clamp(min=0).double()
