"""Adaptive discriminator augmentation (ADA, Karras et al., 2020, https://arxiv.org/abs/2006.06676)."""

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gancli.augmentations.affine import random_affine, warp
from gancli.augmentations.base import Augmentation, check_images
from gancli.augmentations.color import recolor

Probability = Annotated[float, Field(ge=0, le=1)]


class ADA(Augmentation):
    """Every change is made with probability p, and p follows how far the discriminator overfits.

    Its sign of overfitting is r = E[sign(D(x))] over the real images: 0 where real and fake cannot be told apart, 1
    where every real image is classified correctly. Above ``target``, p grows; below, it falls. While p is well below 1,
    the generator cannot learn the changes themselves. At p = 0 images are not touched.

    Flips, rotations, scaling and translation are one bilinear sampling of the mirrored plane; the authors also filter
    with a wavelet around it.

    Args:
        target: the r that is aimed at.
        p: a fixed probability; by default p starts at 0 and adapts.
        speed: how many real images it takes at least for p to go from 0 to 1.
        interval: how many discriminator steps r is averaged over before p moves.
        flips: mirror left to right.
        blits: rotate by multiples of 90°, and translate by whole pixels.
        geometry: scale, rotate by any angle, and translate by parts of pixels.
        color: change brightness and contrast, invert, and change the hue and the saturation of RGB.
    """

    recorded = ("p",)

    def __init__(
        self,
        *,
        target: Annotated[float, Field(gt=-1, lt=1)] = 0.6,
        p: Probability | None = None,
        speed: Annotated[int, Field(ge=1)] = 500_000,
        interval: Annotated[int, Field(ge=1)] = 4,
        flips: bool = True,
        blits: bool = True,
        geometry: bool = True,
        color: bool = True,
    ) -> None:
        super().__init__()
        self.target, self.adapts, self.speed, self.interval = target, p is None, speed, interval
        self.flips, self.blits, self.geometry, self.color = flips, blits, geometry, color
        self.p = nn.Buffer(torch.tensor(p or 0.0))
        self.signs = nn.Buffer(torch.zeros(()))  # sum over the real images since p last moved
        self.images = nn.Buffer(torch.zeros(()))
        self.steps = nn.Buffer(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        check_images("ada", x)
        if is_known_zero(self.p):
            return x
        # Under autocast, the products of the matrices would be off by whole pixels.
        with torch.autocast(x.device.type, enabled=False):
            changed = x.to(torch.promote_types(x.dtype, torch.float32))
            if self.flips or self.blits or self.geometry:
                changed = warp(changed, self._affine(changed))
            if self.color:
                changed = recolor(changed, self.p)
        return torch.where(self.p > 0, changed.to(x.dtype), x)  # the sampling is not exact where nothing moves

    def _affine(self, x: Tensor) -> Tensor:
        return random_affine(x, self.p, flips=self.flips, blits=self.blits, geometry=self.geometry)

    @torch.no_grad()
    def observe(self, real_logits: Tensor) -> None:
        if not self.adapts:
            return
        n = len(real_logits)
        self.signs.add_(real_logits.sign().float().mean() * n)
        self.images.add_(n)
        self.steps.add_(1)
        # Without an ``if`` on the device's numbers, which would be a CPU-GPU sync point.
        is_due = self.steps >= self.interval
        change = (self.signs / self.images - self.target).sign() * self.images / self.speed
        self.p.copy_((self.p + is_due * change).clamp(0, 1))
        for total in (self.signs, self.images, self.steps):
            total.mul_(~is_due)


def is_known_zero(p: Tensor) -> bool:
    """Whether p is 0 and on a CPU, which need not be waited for; on a GPU, p = 0 changes images for nothing."""
    return p.device.type == "cpu" and not p
