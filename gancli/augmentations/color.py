"""ADA's changes of colour (Karras et al., 2020, https://arxiv.org/abs/2006.06676, appendix B)."""

import math

import torch
from torch import Tensor

from gancli.augmentations.chance import with_chance


def recolor(x: Tensor, p: Tensor) -> Tensor:
    """Images of shape (N, C, H, W) with random brightness, contrast, inversion, hue and saturation.

    Hue and saturation are for three channels alone.
    """
    shape = len(x), 1, 1
    brightness = with_chance(p, x.new_empty(shape).normal_(std=0.2), 0)
    contrast = with_chance(p, x.new_empty(shape).normal_(std=0.5).exp2(), 1)
    inversion = with_chance(p, 1 - 2 * x.new_empty(shape).random_(2), 1)  # ±1
    along = contrast * inversion  # the grey axis
    if x.shape[1] != 3:
        return along[..., None] * (x + brightness[..., None])
    angle = with_chance(p, x.new_empty(shape).uniform_(-math.pi, math.pi), 0)
    saturation = with_chance(p, x.new_empty(shape).normal_().exp2(), 1)
    identity = torch.eye(3, device=x.device, dtype=x.dtype)
    grey = torch.full_like(identity, 1 / 3)  # projects a colour onto the grey axis
    turn = (identity.roll(1, 0) - identity.roll(1, 1)) / math.sqrt(3)  # by 90° around it
    across = contrast * saturation * (angle.cos() * (identity - grey) + angle.sin() * turn)
    pixels = (along * grey + across) @ x.flatten(2) + along * brightness  # (N, 3, H W)
    return pixels.unflatten(2, x.shape[2:])
