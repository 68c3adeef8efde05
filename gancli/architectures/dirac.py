"""The networks of the Dirac-GAN (Mescheder et al., 2018, https://arxiv.org/abs/1801.04406, section 2.1)."""

import torch
from torch import Tensor, nn

from gancli.architectures.base import Architecture, bounded, check_shape, refuse_sources
from gancli.data import DataSpec


class Dirac(Architecture):
    """The smallest game that can cycle for ever: one point against one straight line. Both start at ones.

    Formula:
        generator: G(z) = θ
        discriminator: D(x) = ψᵀx
    """

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        _check_points(data, num_classes)
        return Generator(data)

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        _check_points(data, num_classes)
        if outputs != 1:
            raise ValueError(f"dirac's discriminator gives one logit; this model asks for {outputs}")
        return Discriminator(data)


class Generator(nn.Module):
    """One point θ, whatever the noise."""

    def __init__(self, data: DataSpec) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.ones(data.shape))

    def forward(self, z: Tensor) -> Tensor:
        return self.theta.expand(z.shape[0], -1)  # (N, D); len(z) would fix the batch of an export


class Discriminator(nn.Module):
    """D(x) = ψᵀx."""

    def __init__(self, data: DataSpec) -> None:
        super().__init__()
        self.data = data
        self.psi = nn.Parameter(torch.ones(data.shape))

    def forward(self, x: Tensor) -> Tensor:
        check_shape(x, self.data)
        return x @ self.psi  # (N,)


def _check_points(data: DataSpec, num_classes: int) -> None:
    if data.is_image or num_classes:
        raise ValueError("dirac draws points without labels; expected 'dataset: gaussian' and 'model: gan'")
