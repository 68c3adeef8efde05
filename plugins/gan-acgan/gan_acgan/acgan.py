"""Auxiliary classifier GAN (Odena, Olah & Shlens, 2017, https://arxiv.org/abs/1610.09585)."""

from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gancli import GAN, Architecture, Batch, Losses


class ACGAN(GAN):
    """The discriminator is not told the label but names it, and the generator minimises that error too.

    Fakes take the labels of the real minibatch. Real and fake go through the discriminator apart, so that BatchNorm
    never sees a mixed batch.

    Args:
        class_weight: what the classification error counts for beside the adversarial loss, for both players.
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
            fake = self._fake(real, y)
        real_logits, real_classes = self._judge(real)
        fake_logits, fake_classes = self._judge(fake)
        return {
            "discriminator": self.loss.discriminator(real_logits, fake_logits),
            "real_class": self.class_weight * cross_entropy(real_classes, y),
            "fake_class": self.class_weight * cross_entropy(fake_classes, y),
        } | {name: penalty(self._critic, real, fake) for name, penalty in self.penalties.items()}

    def generator_losses(self, batch: Batch) -> Losses:
        real, y = batch
        fake_logits, fake_classes = self._judge(self._fake(real, y))
        real_logits = self._critic(real) if self.loss.needs_real_logits else None
        return {
            "generator": self.loss.generator(fake_logits, real_logits),
            "class": self.class_weight * cross_entropy(fake_classes, y),
        }

    def _fake(self, real: Tensor, y: Tensor) -> Tensor:
        return self.generator(self.latent.sample(len(real), real.device), y)

    def _judge(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of shape (N,), and of shape (N, num_classes)."""
        outputs = self.discriminator(x).float()
        return outputs[:, 0], outputs[:, 1:]

    def _critic(self, x: Tensor) -> Tensor:
        return self._judge(x)[0]
