"""Generative adversarial nets (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661)."""

import torch
from torch import Tensor

from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.models.base import GAN


class VanillaGAN(GAN):
    """One generator against one discriminator; labels are not used.

    Effect:
        discriminator: sees real samples and fakes, and learns to tell them apart.
        generator: makes a sample of nothing but noise, and learns to pass for real.
    """

    def discriminator_losses(self, batch: Batch) -> Losses:
        real = batch[0]
        with torch.no_grad():
            fake = self.sample_fakes(len(real))
        return self.discriminator_loss(self._critic, real, fake)

    def generator_losses(self, batch: Batch) -> Losses:
        real = batch[0]
        losses = self.generator_loss(self._critic, real, self.sample_fakes(len(real)))
        return losses | self.regulariser_losses(len(real))

    def _critic(self, x: Tensor) -> Tensor:
        return self.discriminator(x).float()
