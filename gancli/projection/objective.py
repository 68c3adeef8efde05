"""How far images are from a target: what a search minimises, and the numbers that are shown of it."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gancli.extractors import Frozen

SMALLEST_SIDE = 4  # pixels of the coarsest scale
FEATURES = 0.1  # weight of the features, which have a deviation of 1, beside the pixels in [-1, 1]
AT_ONCE = 256  # images


@dataclass(frozen=True)
class Scores:
    """How far one image is from its target.

    Attributes:
        l1: mean of |x − target| over pixels in [0, 1], as in the tables of an evaluation.
        l2: root of the mean of (x − target)², likewise.
        ssim: structural similarity; None for images that are too small for its window.
        features: root of the mean squared difference of the features, each of which has a deviation of about 1.
    """

    l1: float
    l2: float
    ssim: float | None
    features: float


class Objective:
    """The distance of images from a target, in pixels and in features, on a device.

    The pixels are compared over scales that halve the sides, so that what is a little beside its place is near on a
    coarse scale.
    """

    def __init__(self, extractor: Frozen, device: torch.device) -> None:
        self._embed = deepcopy(extractor)
        self._embed.network.to(device)
        self._embed.mean, self._embed.deviation = (
            tensor.to(device) for tensor in (extractor.mean, extractor.deviation)
        )
        self.id, self._device = extractor.id, device

    def __call__(self, images: Tensor, target: Tensor) -> Tensor:
        """The distance of each image, of shape (N,), differentiable.

        Args:
            images: in [-1, 1], of shape (N, C, H, W).
            target: likewise, of shape (1, C, H, W).
        """
        return _pixels(images, target) + FEATURES * self._features(images, target).mean(1)

    @torch.no_grad()
    def of_many(self, images: Tensor, target: Tensor) -> Tensor:
        """The distance of each of any number of images, on the CPU."""
        target = target.to(self._device)
        return torch.cat([self(block.to(self._device), target).cpu() for block in images.split(AT_ONCE)])

    @torch.no_grad()
    def scores(self, image: Tensor, target: Tensor) -> Scores:
        """The numbers of one image of shape (1, C, H, W), on the CPU."""
        off = (image - target) / 2
        features = self._features(image.to(self._device), target.to(self._device)).square().mean().sqrt()
        return Scores(float(off.abs().mean()), float(off.square().mean().sqrt()), _ssim(image, target), float(features))

    def _features(self, images: Tensor, target: Tensor) -> Tensor:
        """Of shape (N, DIM)."""
        return (self._embed.differentiable(images) - self._embed.differentiable(target)).abs()


def _pixels(images: Tensor, target: Tensor) -> Tensor:
    parts, x, y = [], images, target
    while True:
        parts.append((x - y).abs().flatten(1).mean(1))
        if min(x.shape[2:]) < 2 * SMALLEST_SIDE:
            return torch.stack(parts).mean(0)
        x, y = avg_pool2d(x, 2), avg_pool2d(y, 2)


def _ssim(image: Tensor, target: Tensor) -> float | None:
    from gancli.metrics.ssim import WINDOW, structural_similarity  # slow to import

    if min(image.shape[2:]) < WINDOW:
        return None
    x, y = ((pixels + 1) / 2 for pixels in (image, target))
    return float(structural_similarity(x.clamp(0, 1), y.clamp(0, 1)))
