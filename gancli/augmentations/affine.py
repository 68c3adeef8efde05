"""ADA's geometric changes (Karras et al., 2020, https://arxiv.org/abs/2006.06676, appendix B), as one affine map."""

import math

import torch
from torch import Tensor
from torch.nn.functional import affine_grid

from gancli.augmentations.chance import with_chance
from gancli.augmentations.warping import sample_bilinear


def random_affine(x: Tensor, p: Tensor, *, flips: bool, blits: bool, geometry: bool) -> Tensor:
    """Random maps of shape (N, 3, 3), from where a pixel is in the changed image to where it was in ``x``.

    They are in pixels from the centre, (column, row, 1).
    """
    n, size = len(x), numbers(x, x.shape[3], x.shape[2])
    origin = torch.eye(3, device=x.device, dtype=x.dtype).expand(n, 3, 3)
    if flips:
        sign = with_chance(p, 1 - 2 * x.new_empty(n).random_(2), 1)
        origin = origin @ scaling(sign, torch.ones_like(sign))
    if blits:
        origin = origin @ rotation(math.pi / 2 * with_chance(p, x.new_empty(n).random_(4), 0))
        offset = with_chance(p, x.new_empty(n, 2).uniform_(-1 / 8, 1 / 8), 0)
        origin = origin @ translation((size * offset).round())
    if geometry:
        factor = with_chance(p, x.new_empty(n).normal_(std=0.2).exp2(), 1)
        stretch = with_chance(p, x.new_empty(n).normal_(std=0.2).exp2(), 1)
        # One rotation before and one after the stretching, so that it has any direction; with probability p, at least
        # one of them.
        before, after = (
            with_chance(1 - (1 - p).sqrt(), x.new_empty(n).uniform_(-math.pi, math.pi), 0) for _ in range(2)
        )
        origin = origin @ scaling(factor, factor) @ rotation(before) @ scaling(stretch, 1 / stretch) @ rotation(after)
        origin = origin @ translation(size * with_chance(p, x.new_empty(n, 2).normal_(std=1 / 8), 0))
    return origin


def warp(x: Tensor, origin: Tensor) -> Tensor:
    """Images whose pixels come from the places in ``x`` that ``origin`` gives; outside, ``x`` is mirrored."""
    height, width = x.shape[2:]
    half = numbers(x, width / 2, height / 2, 1)  # affine_grid's unit, in pixels
    grid = affine_grid((origin * half / half[:, None])[:, :2], list(x.shape), align_corners=False)
    return sample_bilinear(x, grid)


def scaling(horizontal: Tensor, vertical: Tensor) -> Tensor:
    """Matrices of shape (N, 3, 3) from factors of shape (N,)."""
    return torch.stack([horizontal, vertical, torch.ones_like(vertical)], dim=1).diag_embed()


def rotation(angle: Tensor) -> Tensor:
    """Matrices of shape (N, 3, 3) from angles of shape (N,), in radians."""
    cosine, sine, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    return torch.stack([cosine, -sine, zero, sine, cosine, zero, zero, zero, one], dim=1).unflatten(1, (3, 3))


def translation(offset: Tensor) -> Tensor:
    """Matrices of shape (N, 3, 3) from offsets of shape (N, 2): columns, rows."""
    matrix = torch.eye(3, device=offset.device, dtype=offset.dtype).repeat(len(offset), 1, 1)
    matrix[:, :2, 2] = offset
    return matrix


def numbers(like: Tensor, *values: float) -> Tensor:
    """A vector on the device of ``like``; ``new_tensor`` would make it on the CPU, and wait for the GPU to copy it."""
    return torch.cat([like.new_full((1,), value) for value in values])
