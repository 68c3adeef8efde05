"""Differentiable augmentation (DiffAugment, Zhao et al., 2020, https://arxiv.org/abs/2006.10738, section 3.3)."""

from typing import Literal

import torch
from torch import Tensor

from gancli.augmentations.base import Augmentation, check_images

Policy = tuple[Literal["color", "translation", "cutout"], ...]


class DiffAugment(Augmentation):
    """Random colour, translation and cutout, always on.

    Args:
        policy: the changes, in order. ``color`` shifts brightness by up to 0.5 (a quarter of the range of pixels),
            scales saturation by 0 to 2 and contrast by 0.5 to 1.5. ``translation`` moves by up to an eighth of each
            side and fills with 0, which is grey. ``cutout`` sets a rectangle of half of each side to 0.
    """

    def __init__(self, *, policy: Policy = ("color", "translation", "cutout")) -> None:
        super().__init__()
        self.policy = policy

    def forward(self, x: Tensor) -> Tensor:
        check_images("diffaugment", x)
        changes = {"color": color, "translation": translation, "cutout": cutout}
        for name in self.policy:
            x = changes[name](x)
        return x


def color(x: Tensor) -> Tensor:
    """Brightness, saturation, contrast: each by one random number a sample."""
    brightness, saturation, contrast = (torch.rand(len(x), 1, 1, 1, device=x.device, dtype=x.dtype) for _ in range(3))
    x = x + brightness - 0.5
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * 2 * saturation
    level = x.mean((1, 2, 3), keepdim=True)
    return level + (x - level) * (contrast + 0.5)


def translation(x: Tensor) -> Tensor:
    """Moved by whole pixels along each axis, at most an eighth of the side; 0 where there was nothing."""
    n, _, height, width = x.shape
    # Where each row and each column comes from, of shape (N, side).
    rows = torch.arange(height, device=x.device) - _integers(n, -(height // 8), height // 8, x.device)
    columns = torch.arange(width, device=x.device) - _integers(n, -(width // 8), width // 8, x.device)
    inside = _rectangle((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    places = rows.clamp(0, height - 1)[:, :, None] * width + columns.clamp(0, width - 1)[:, None, :]  # (N, H, W)
    moved = x.flatten(2).gather(2, places.flatten(1)[:, None].expand(-1, x.shape[1], -1))  # (N, C, H W)
    return moved.unflatten(2, (height, width)) * inside


def cutout(x: Tensor) -> Tensor:
    """With a rectangle of 0, half of each side long, whose centre is anywhere in the image."""
    n, _, height, width = x.shape
    return x * ~_rectangle(_cut(n, height, x.device), _cut(n, width, x.device))


def _cut(n: int, side: int, device: torch.device) -> Tensor:
    """Which pixels of an axis are cut, of shape (N, side)."""
    size = side // 2
    first = _integers(n, 0, side - size % 2, device) - size // 2
    pixels = torch.arange(side, device=device)
    return (pixels >= first) & (pixels < first + size)


def _rectangle(rows: Tensor, columns: Tensor) -> Tensor:
    """The pixels whose row and column are both chosen, of shape (N, 1, H, W)."""
    return rows[:, None, :, None] & columns[:, None, None, :]


def _integers(n: int, least: int, most: int, device: torch.device) -> Tensor:
    """Random integers of shape (N, 1), both ends included."""
    return torch.randint(least, most + 1, (n, 1), device=device)
