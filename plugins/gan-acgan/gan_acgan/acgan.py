"""Auxiliary classifier GAN (Odena, Olah & Shlens, 2017, https://arxiv.org/abs/1610.09585)."""

from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gancli import GAN, Architecture, Batch, Losses


class ACGAN(GAN):
    """The discriminator predicts the label, which it does not get, and the generator minimises that error too.

    Fakes take the labels of the real minibatch.

    Formula:
        real_class: w E[−log p(y | x)], with p the discriminator's softmax over the classes
        fake_class: w E[−log p(y | G(z, y))]
        class: w E[−log p(y | G(z, y))]

    Effect:
        discriminator: tells real samples from fakes, and says of which class either is.
        generator: makes a sample that passes for real, and whose class the discriminator recognises.

    Args:
        class_weight: w, the weight of the classification loss, for both players; the adversarial loss has 1.
    """

    conditional = True

    def __init__(self, *, class_weight: Annotated[float, Field(ge=0)] = 1.0, **game: Any) -> None:
        super().__init__(**game)
        self.class_weight = class_weight

    def make_discriminator(self, architecture: Architecture) -> nn.Module:
        """An unconditional discriminator with logits of shape (N, 1 + num_classes): real or fake, then the classes."""
        return architecture.discriminator(self.data, outputs=1 + self.num_classes)

    def discriminator_losses(self, batch: Batch) -> Losses:
        real, y = batch
        with torch.no_grad():
            fake = self.sample_fakes(len(real), y)
        of_real, of_fake = self.logits(self._outputs, real, fake)  # (N, 1 + num_classes)
        self.observe(of_real[:, 0])
        return {
            "discriminator": self.loss.discriminator(of_real[:, 0], of_fake[:, 0]),
            "real_class": self.class_weight * cross_entropy(of_real[:, 1:], y),
            "fake_class": self.class_weight * cross_entropy(of_fake[:, 1:], y),
        } | self.penalty_losses(self._critic, real, fake)

    def generator_losses(self, batch: Batch) -> Losses:
        real, y = batch
        of_fake = self._outputs(self.sample_fakes(len(real), y))
        real_logits = self._critic(real) if self.loss.needs_real_logits else None
        return {
            "generator": self.loss.generator(of_fake[:, 0], real_logits),
            "class": self.class_weight * cross_entropy(of_fake[:, 1:], y),
        } | self.regulariser_losses(len(real), y)

    def _outputs(self, x: Tensor) -> Tensor:
        return self.discriminator(x).float()

    def _critic(self, x: Tensor) -> Tensor:
        return self._outputs(x)[:, 0]
