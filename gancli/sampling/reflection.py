"""Images that are continued by their reflection."""

import torch
from torch import Tensor


def reflected(image: Tensor, height: int, width: int) -> Tensor:
    """An image of shape (C, h, w), continued to the right and downwards to (C, height, width).

    It is mirrored at its last row and column, and back at its first ones, as often as needed.
    """
    rows, columns = (_indices(have, wanted) for have, wanted in zip(image.shape[1:], (height, width), strict=True))
    return image[:, rows][:, :, columns]


def _indices(have: int, wanted: int) -> Tensor:
    """0, 1, …, have − 1, have − 2, …, 1, 0, 1, … of shape (wanted,)."""
    period = max(1, 2 * (have - 1))
    indices = torch.arange(wanted) % period
    return torch.minimum(indices, period - indices) if have > 1 else indices
