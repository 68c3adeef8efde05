"""Images of different sizes and colours beside each other."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate


def alike(*images: Tensor) -> list[Tensor]:
    """Images of shape (N, C, H, W), all in the size of the last, and in colour if one of them is."""
    channels, size = max(part.shape[1] for part in images), images[-1].shape[2:]
    return [interpolate(part, size).expand(-1, channels, -1, -1) for part in images]


def rows(*images: Tensor) -> Tensor:
    """The first of each, then the second of each, and so on: k kinds of shape (N, C, H, W) as (k N, C, H, W)."""
    return torch.stack(alike(*images), 1).flatten(0, 1)


def beside(*images: Tensor) -> Tensor:
    """Images of shape (C, H, W) as one that is as wide as all of them."""
    return torch.cat(alike(*(image.unsqueeze(0) for image in images)), dim=3).squeeze(0)
