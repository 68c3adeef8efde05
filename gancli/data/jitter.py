"""Random crops and mirroring, the same for all pictures that belong together.

It is the jitter of Pix2Pix (Isola et al., 2017, https://arxiv.org/abs/1611.07004): pictures are loaded larger than they
are trained on, and cropped at random.
"""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from gancli.data.fitting import Sides


@dataclass(frozen=True)
class Jitter:
    """A crop to one size at a random place, and a mirror image of every second example.

    Args:
        size: height and width after the crop; pictures of this size are not cropped.
        flip: whether to mirror.
        is_random: False crops the centre and never mirrors.
    """

    size: Sides
    flip: bool
    is_random: bool = True

    def without_chance(self) -> Self:
        """The crop of the centre, not mirrored."""
        return replace(self, flip=False, is_random=False)

    def __call__(self, *pictures: Tensor, rng: torch.Generator) -> tuple[Tensor, ...]:
        """Pictures of shape (N, C, H, W) each, of the same N, H and W, changed alike."""
        top, left = self._corner(pictures[0], rng)
        cropped = [_cropped(x, top, left, self.size) for x in pictures]
        if not self.flip:
            return tuple(cropped)
        mirrored = torch.rand(len(top), generator=rng).to(cropped[0].device)[:, None, None, None] < 0.5
        return tuple(torch.where(mirrored, x.flip(-1), x) for x in cropped)

    def _corner(self, x: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """The first row and the first column of every crop, of shape (N,)."""
        spare = [had - wanted for had, wanted in zip(x.shape[2:], self.size, strict=True)]
        if not self.is_random or not any(spare):
            top, left = (torch.full((len(x),), room // 2) for room in spare)
        else:
            top, left = (torch.randint(room + 1, (len(x),), generator=rng) for room in spare)
        return top, left


def _cropped(x: Tensor, top: Tensor, left: Tensor, size: Sides) -> Tensor:
    if x.shape[2:] == size:
        return x
    rows, columns = (
        (first[:, None] + torch.arange(length)).to(x.device, non_blocking=True)
        for first, length in zip((top, left), size, strict=True)
    )  # (N, H), (N, W)
    examples, channels = torch.arange(len(x), device=x.device), torch.arange(x.shape[1], device=x.device)
    return x[examples[:, None, None, None], channels[:, None, None], rows[:, None, :, None], columns[:, None, None, :]]
