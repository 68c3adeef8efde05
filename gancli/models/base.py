"""The contract of a model: the game that is played."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gancli.architectures import Architecture
from gancli.data import DataSpec
from gancli.data.base import Batch
from gancli.losses import AdversarialLoss, Losses
from gancli.penalties import Critic, Penalty

NO_LABELS = "this model draws the class that it is asked for; this dataset has no labels"


@dataclass(frozen=True)
class LatentPrior:
    """The distribution of the generator's noise: N(0, scale²), or uniform in (-scale, scale)."""

    dim: int
    prior: Literal["normal", "uniform"] = "normal"
    scale: float = 1.0

    def sample(self, n: int, device: torch.device | str = "cpu", rng: torch.Generator | None = None) -> Tensor:
        """Noise of shape (n, dim)."""
        if self.prior == "uniform":
            return (2 * torch.rand(n, self.dim, device=device, generator=rng) - 1) * self.scale
        return torch.randn(n, self.dim, device=device, generator=rng) * self.scale


class GAN(nn.Module, ABC):
    """Two networks, and what each player minimises.

    A subclass with options of its own takes them as annotated keywords and passes the rest on:
    ``def __init__(self, *, weight: float = 1.0, **game: Any)``.

    Args:
        data: facts about the examples.
        architecture: makes the networks.
        loss: what logits are worth.
        penalties: regularisers of the discriminator, by the name that their losses have in the log.
        latent: the noise.

    Raises:
        ValueError: the data does not fit; the user sees the message beside the recipe's line.
    """

    conditional: ClassVar[bool] = False  # True: the generator takes a label, and the data must have some

    generator: nn.Module  # one network, or a ModuleDict of several
    discriminator: nn.Module

    def __init__(
        self,
        data: DataSpec,
        architecture: Architecture,
        loss: AdversarialLoss,
        penalties: Mapping[str, Penalty],
        latent: LatentPrior,
    ) -> None:
        super().__init__()
        if self.conditional and not data.num_classes:
            raise ValueError(f"{NO_LABELS}; model=gan trains without them")
        self.data, self.loss, self.penalties, self.latent = data, loss, penalties, latent
        self.num_classes = data.num_classes if self.conditional else 0
        self.generator = architecture.generator(data, latent.dim, self.num_classes)
        self.discriminator = self.make_discriminator(architecture)

    def make_discriminator(self, architecture: Architecture) -> nn.Module:
        """The discriminator of this game: by default, one that takes the game's condition and gives one logit."""
        return architecture.discriminator(self.data, self.num_classes)

    @abstractmethod
    def discriminator_losses(self, batch: Batch) -> Losses:
        """What the discriminator minimises on a minibatch; no gradient is needed for the generator."""

    @abstractmethod
    def generator_losses(self, batch: Batch) -> Losses:
        """What the generator minimises; ``batch`` is the discriminator's last."""

    def generate(self, generator: nn.Module, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Samples of shape (N, *data.shape), from ``generator``, which may be the averaged copy.

        ``y`` is class indices of shape (N,) or class weights of shape (N, num_classes); None if there are no classes.
        """
        return generator(z) if y is None else generator(z, y)

    def fake(self, n: int, y: Tensor | None = None) -> Tensor:
        """``n`` samples of the generator in training, from fresh noise."""
        device = next(self.generator.parameters()).device
        return self.generate(self.generator, self.latent.sample(n, device), y)

    def score(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The discriminator's loss and penalties, for a critic with its condition bound."""
        losses = {"discriminator": self.loss.discriminator(*self.judge(critic, real, fake))}
        return losses | self.penalise(critic, real, fake)

    def answer(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The generator's loss, for a critic with its condition bound."""
        real_logits = critic(real) if self.loss.needs_real_logits else None
        return {"generator": self.loss.generator(critic(fake), real_logits)}

    def judge(self, critic: Critic, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """What the discriminator says of real and of fake samples.

        They go through it together, which is faster, unless it has BatchNorm: then they go apart, as in DCGAN, for the
        statistics of a mixed batch would be another game.
        """
        if any(isinstance(module, _BatchNorm) for module in self.discriminator.modules()):
            return critic(real), critic(fake)
        both = critic(torch.cat([real, fake]))
        return both[: len(real)], both[len(real) :]

    def penalise(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The penalties, each under its name."""
        return {name: penalty(critic, real, fake) for name, penalty in self.penalties.items()}
