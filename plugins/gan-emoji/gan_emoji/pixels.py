"""Portraits over a background, averaged down to a smaller size.

They are laid over the background in their full size: an average of transparent pixels, whose colour means nothing,
would leave dark fringes. All sums are of whole numbers, so that every machine gets the same pixels.
"""

import torch
from torch import Tensor

from gan_emoji.packed import Packed

FULL = 128  # pixels of a side
Colour = tuple[int, int, int]  # red, green and blue, 0 to 255


def flattened(kind: Packed, background: Colour, size: int) -> Tensor:
    """The portraits of a kind, of shape (tones, 3, size, size), uint8: the mean of every pixel's area.

    Args:
        kind: of 128 × 128 pixels.
        background: the colour behind them.
        size: pixels of a side, 1 to 128.
    """
    rgba = torch.from_numpy(kind.palette).double()  # whole numbers below 2^53 are exact
    colour, alpha = rgba[..., :3], rgba[..., 3:]
    flat = colour * alpha + torch.tensor(background) * (255 - alpha)  # 255 times the colour that is seen
    picture = torch.from_numpy(kind.picture).long()
    if size == FULL:
        return (flat / 255).round().byte().permute(1, 2, 0)[..., picture]
    x = flat.permute(1, 2, 0)[..., picture]  # (tones, 3, 128, 128)
    area = overlaps(size)
    return (area @ x @ area.T / (255 * FULL**2)).round().byte()


def overlaps(size: int) -> Tensor:
    """How much of every old pixel is in every new one, of shape (size, 128), in units of which each new one has 128."""
    new, old = torch.arange(size)[:, None] * FULL, torch.arange(FULL)[None] * size  # where they begin
    return (torch.minimum(new + FULL, old + size) - torch.maximum(new, old)).clamp(min=0).double()
