"""Conditional generative adversarial nets (Mirza & Osindero, 2014, https://arxiv.org/abs/1411.1784)."""

import torch
from torch import Tensor

from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.models.base import GAN
from gancli.penalties import Critic


class ConditionalGAN(GAN):
    """Both players see the label: it draws the class that it is asked for.

    Fakes take the labels of the real minibatch, so that a critic scores real and fake under the same condition. In the
    formulas, D(x) stands for D(x, y) and G(z) for G(z, y).

    Effect:
        discriminator: sees a sample with a label, and learns whether it is a real one of this class.
        generator: makes a sample of noise and a label, and learns to pass for a real one of this class.
    """

    conditional = True

    def discriminator_losses(self, batch: Batch) -> Losses:
        real, y = batch
        with torch.no_grad():
            fake = self.sample_fakes(len(real), y)
        return self.discriminator_loss(self._critic(y), real, fake)

    def generator_losses(self, batch: Batch) -> Losses:
        real, y = batch
        losses = self.generator_loss(self._critic(y), real, self.sample_fakes(len(real), y))
        return losses | self.regulariser_losses(len(real), y)

    def _critic(self, y: Tensor) -> Critic:
        # Real and fake may come together: sample i has the label i mod N.
        return lambda x: self.discriminator(x, y.repeat(len(x) // len(y))).float()
