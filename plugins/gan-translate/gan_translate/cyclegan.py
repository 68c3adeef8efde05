"""CycleGAN: image-to-image translation without pairs (Zhu et al., 2017, https://arxiv.org/abs/1703.10593)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from gan_translate.pool import ImagePool
from gancli import GAN, Architecture, Batch, Critic, Inputs, Losses

Direction = Literal["AtoB", "BtoA"]
Weight = Annotated[float, Field(ge=0)]


class CycleGAN(GAN):
    """Two generators, A to B and B to A, each the way back of the other; and a discriminator of each domain's images.

    A is the domain of the source images, B that of the targets. ``discriminator.A`` and ``generator.A`` are about
    images of A: those of the data, and those that are made of B.

    Formula:
        cycle: λ (E[‖G_BA(G_AB(a)) − a‖₁] + E[‖G_AB(G_BA(b)) − b‖₁])
        identity: λ μ (E[‖G_AB(b) − b‖₁] + E[‖G_BA(a) − a‖₁])

    Effect:
        discriminator: tells, in each domain, the images of the data from translations.
        generator: makes translations that pass for images of the other domain, and that lead back to their source.

    Args:
        cycle: λ, the weight of the way there and back.
        identity: μ, in units of λ: the weight of leaving an image of the target's domain as it is; 0 for none.
        pool: generated images that are kept for each discriminator; 0 for none.

    Raises:
        ValueError: an identity term for domains whose images differ in their shape.
    """

    translates = "domains"
    generator: nn.ModuleDict
    discriminator: nn.ModuleDict

    def __init__(
        self,
        *,
        cycle: Weight = 10.0,
        identity: Weight = 0.5,
        pool: Annotated[int, Field(ge=0, le=10_000)] = 50,
        **game: Any,
    ) -> None:
        super().__init__(**game)
        self.cycle, self.identity = cycle, identity
        domains = {"A": self.data.reversed().shape, "B": self.data.shape}
        if identity and domains["A"] != domains["B"]:
            found = " and of ".join("×".join(map(str, shape)) for shape in domains.values())
            raise ValueError(
                f"identity: found images of {found}, so that no generator takes both; expected model.identity=0"
            )
        self.pools = nn.ModuleDict({name: ImagePool(pool, shape) for name, shape in domains.items()})

    def make_generator(self, architecture: Architecture) -> nn.Module:
        """G_AB from A to B, and G_BA back."""
        directions = {"AtoB": self.data, "BtoA": self.data.reversed()}
        return nn.ModuleDict({name: architecture.generator(data, self.latent.dim) for name, data in directions.items()})

    def make_discriminator(self, architecture: Architecture) -> nn.Module:
        """One of each domain's images."""
        domains = {"A": self.data.reversed(), "B": self.data}
        return nn.ModuleDict({name: architecture.discriminator(data) for name, data in domains.items()})

    def discriminator_losses(self, batch: Batch) -> Losses:
        b, a = batch
        with torch.no_grad():
            fake_a, fake_b = self.generator["BtoA"](b), self.generator["AtoB"](a)
        losses_a = self.discriminator_loss(self._critic("A"), a, self.pools["A"](fake_a))
        losses_b = self.discriminator_loss(self._critic("B"), b, self.pools["B"](fake_b))
        return _named(losses_a, "A") | _named(losses_b, "B")

    def generator_losses(self, batch: Batch) -> Losses:
        b, a = batch
        to_a, to_b = self.generator["BtoA"], self.generator["AtoB"]
        fake_a, fake_b = to_a(b), to_b(a)
        losses = _named(self.generator_loss(self._critic("A"), a, fake_a), "A")
        losses |= _named(self.generator_loss(self._critic("B"), b, fake_b), "B")
        losses["cycle"] = self.cycle * (_l1(to_a(fake_b), a) + _l1(to_b(fake_a), b))
        if self.identity:
            losses["identity"] = self.cycle * self.identity * (_l1(to_a(a), a) + _l1(to_b(b), b))
        return losses

    def generate(self, generator: nn.Module, inputs: Inputs) -> Tensor:
        """Images of B from those of A."""
        return self.sampler(generator)(inputs)

    def sampler(self, generator: nn.Module, *, direction: Direction = "AtoB") -> Callable[[Inputs], Tensor]:
        """A function that translates.

        Args:
            generator: of this model.
            direction: BtoA makes images of A from those of B.
        """
        assert isinstance(generator, nn.ModuleDict)
        return lambda inputs: generator[direction](inputs.x)

    def _critic(self, domain: str) -> Critic:
        return lambda x: self.discriminator[domain](x).float()


def _l1(x: Tensor, y: Tensor) -> Tensor:
    """The mean of |x − y| over pixels and images, in fp32."""
    return l1_loss(x.float(), y)


def _named(losses: Losses, domain: str) -> Losses:
    """Losses under the names that they have in one domain."""
    return {f"{name}.{domain}": loss for name, loss in losses.items()}
