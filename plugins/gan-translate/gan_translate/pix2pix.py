"""Pix2Pix: image-to-image translation with pairs (Isola et al., 2017, https://arxiv.org/abs/1611.07004)."""

import dataclasses
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from gancli import GAN, Architecture, Batch, Critic, Losses


class Pix2Pix(GAN):
    """G translates a source image x; D sees x beside G(x), or beside the target y.

    Formula:
        l1: λ E[‖y − G(x)‖₁]

    Effect:
        discriminator: sees a source beside an image, and learns whether this is the target or a translation.
        generator: makes a translation that passes for the target, and is near to it, pixel by pixel.

    Args:
        l1: λ.
    """

    translates = "pairs"

    def __init__(self, *, l1: Annotated[float, Field(ge=0)] = 100.0, **game: Any) -> None:
        super().__init__(**game)
        self.l1 = l1

    def joined_channels(self) -> tuple[int, ...]:
        assert self.data.source is not None
        return self.data.source.shape[0], self.data.shape[0]

    def make_discriminator(self, architecture: Architecture) -> nn.Module:
        """One that sees source and target side by side."""
        shape = (sum(self.joined_channels()), *self.data.shape[1:])
        return architecture.discriminator(dataclasses.replace(self.data, shape=shape, source=None))

    def discriminator_losses(self, batch: Batch) -> Losses:
        target, source = batch
        with torch.no_grad():
            fake = self.generator(source)
        return self.discriminator_loss(self._critic(source), target, fake)

    def generator_losses(self, batch: Batch) -> Losses:
        target, source = batch
        fake = self.generator(source)
        losses = self.generator_loss(self._critic(source), target, fake)
        return losses | {"l1": self.l1 * l1_loss(fake.float(), target)}

    def _critic(self, source: Tensor) -> Critic:
        # Real and fake may come together: image i has the source i mod N.
        return lambda x: self.discriminator(torch.cat([source.repeat(len(x) // len(source), 1, 1, 1), x], 1)).float()
