"""Three distributions of small images that can be drawn from without end, each with classes."""

from collections.abc import Callable

import torch
from torch import Tensor

from gancli.data import ImageDataset

SIDE = 12


def _plane() -> tuple[Tensor, Tensor]:
    at = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
    return at.view(1, SIDE, 1), at.view(1, 1, SIDE)


def gradients(n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """A gradient in any direction, and a blob, small or large."""
    y, x = _plane()
    labels = torch.arange(n) % 2
    angle, right, down, wide = (torch.rand(n, 1, 1, generator=rng) for _ in range(4))
    width = torch.where(labels.view(n, 1, 1) == 0, 0.15, 0.4) * (0.8 + 0.4 * wide)
    away = (x - 1.2 * right + 0.6) ** 2 + (y - 1.2 * down + 0.6) ** 2
    turned = (2 * torch.pi * angle).cos() * x + (2 * torch.pi * angle).sin() * y
    return (0.4 * turned + 1.2 * torch.exp(-away / (2 * width**2)) - 0.4).unsqueeze(1), labels


def shapes(n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Squares and discs of any colour."""
    y, x = _plane()
    labels = torch.arange(n) % 2
    right, down, wide = (torch.rand(n, 1, 1, generator=rng) for _ in range(3))
    x, y, radius = x - right + 0.5, y - down + 0.5, 0.35 + 0.25 * wide
    square, disc = torch.maximum(x.abs(), y.abs()) < radius, (x**2 + y**2).sqrt() < 0.7 * radius
    inside = torch.where(labels.view(n, 1, 1) == 0, square, disc).unsqueeze(1)
    colour = torch.rand(n, 3, 1, 1, generator=rng) * 2 - 1
    return torch.where(inside, colour, -0.8 + 0.1 * torch.rand(n, 1, 1, 1, generator=rng)), labels


def stripes(n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Wide and narrow stripes in any direction, with noise."""
    y, x = _plane()
    labels = torch.arange(n) % 2
    angle, phase, wave, strength = (torch.rand(n, 1, 1, generator=rng) for _ in range(4))
    waves = torch.where(labels.view(n, 1, 1) == 0, 1.2, 2.6) * (0.85 + 0.3 * wave)
    turned = (torch.pi * angle).cos() * x + (torch.pi * angle).sin() * y
    images = (0.4 + 0.4 * strength) * torch.sin(torch.pi * waves * turned + 2 * torch.pi * phase)
    return (images + 0.1 * torch.randn(n, SIDE, SIDE, generator=rng)).unsqueeze(1), labels


DISTRIBUTIONS: dict[str, Callable[[int, torch.Generator], tuple[Tensor, Tensor]]] = {
    "gradients": gradients,
    "shapes": shapes,
    "stripes": stripes,
}


def drawn(name: str, n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Images in [-1, 1], of shape (N, C, H, W), and labels of shape (N,); the classes in turn."""
    images, labels = DISTRIBUTIONS[name](n, torch.Generator().manual_seed(seed))
    return images.clamp(-1, 1), labels


def dataset(name: str, n: int, seed: int, *, labelled: bool) -> ImageDataset:
    images, labels = drawn(name, n, seed)
    pixels = images.add(1).mul(127.5).round().byte()
    return ImageDataset(pixels, labels, ("a", "b")) if labelled else ImageDataset(pixels)
