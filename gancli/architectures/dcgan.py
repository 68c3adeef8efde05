"""Deep convolutional networks (Radford et al., 2016, https://arxiv.org/abs/1511.06434).

A conditional generator takes its label beside the noise and through class-conditional BatchNorm (de Vries et al., 2017,
https://arxiv.org/abs/1707.00683); a conditional discriminator adds its label to
the first layer's channels and projects its features on the label's embedding (Miyato & Koyama, 2018,
https://arxiv.org/abs/1802.05637).
"""

import itertools
import math
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape, refuse_sources
from gancli.architectures.sizes import Size, discriminator_size, doubling, doubling_channels, halving, image_sizes
from gancli.data import DataSpec

Norm = Literal["batch", "spectral", "none"]


class DCGAN(Architecture):
    """Convolutional networks for images of 16 to 256 pixels in height and in width, odd numbers included.

    Every block halves or doubles a side that is longer than 5 pixels. For 28 × 28 pixels, the generator's sides are 4,
    7, 14, 28 and the discriminator's 28, 14, 7, 3. For 16 × 64 pixels, the generator goes 4 × 4, 4 × 8, 4 × 16, 8 × 32,
    16 × 64.

    Args:
        width: the generator's channels next to the image; they double with every block away from it, three times at
            most, so that large images stay affordable.
        discriminator_width: likewise for the discriminator; by default the same.
        blocks: how many blocks; by default as many as lead to about 4 pixels.
        discriminator_norm: batch normalisation in the discriminator (the paper's), spectral normalisation (Miyato et
            al., 2018, https://arxiv.org/abs/1802.05957), or none. With
            BatchNorm, real and fake images go through the discriminator in separate batches.
    """

    def __init__(
        self,
        *,
        width: Annotated[int, Field(ge=1, le=1024)] = 64,
        discriminator_width: Annotated[int, Field(ge=1, le=1024)] | None = None,
        blocks: Annotated[int, Field(ge=1, le=6)] | None = None,
        discriminator_norm: Norm = "batch",
    ) -> None:
        self.width, self.discriminator_width = width, discriminator_width or width
        self.blocks, self.discriminator_norm = blocks, discriminator_norm

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        return initialised(Generator(data, latent_dim, num_classes, self.width, image_sizes(data, self.blocks)))

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        sizes, width = image_sizes(data, self.blocks), self.discriminator_width
        return initialised(Discriminator(data, num_classes, outputs, width, sizes, self.discriminator_norm))


class Generator(nn.Module):
    """Noise, made into a small image of many channels, and doubled until it has the data's size."""

    def __init__(self, data: DataSpec, latent_dim: int, num_classes: int, width: int, sizes: list[Size]) -> None:
        super().__init__()
        channels = doubling_channels(width, len(sizes) - 1)[::-1]
        first = (channels[0], *sizes[-1])
        self.linear = nn.Linear(latent_dim, math.prod(first), bias=False)
        self.embedding = LabelEmbedding(num_classes, math.prod(first)) if num_classes else None
        self.unflatten = nn.Unflatten(1, first)
        self.norms = nn.ModuleList(batch_norm(count, num_classes) for count in channels)
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(inputs, outputs, *doubling(smaller, larger), padding=1, bias=False)
            for (inputs, outputs), (smaller, larger) in zip(
                itertools.pairwise([*channels, data.shape[0]]), itertools.pairwise(reversed(sizes)), strict=True
            )
        )

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = self.linear(z)
        if self.embedding is not None:
            x = x + self.embedding(y)
        x = self.unflatten(x)  # (N, C, H, W), small
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            x = convolution((norm(x) if y is None else norm(x, y)).relu())  # (N, C / 2, 2H, 2W)
        return x.tanh()


class Discriminator(nn.Module):
    """Convolutions that halve the image, and a linear layer; with a label, plus the features' projection on it."""

    def __init__(
        self, data: DataSpec, num_classes: int, outputs: int, width: int, sizes: list[Size], norm: Norm
    ) -> None:
        super().__init__()
        self.data = data
        spectral = spectral_norm if norm == "spectral" else lambda module: module
        # BatchNorm brings a bias of its own, and is left out next to the image, as in the paper.
        bias = norm != "batch"
        channels = doubling_channels(width, len(sizes) - 1)
        first, *others = itertools.pairwise(sizes)
        self.first = spectral(nn.Conv2d(data.shape[0], width, *halving(*first), padding=1, bias=bias))
        layers: list[nn.Module] = [nn.LeakyReLU(0.2)]
        for (inputs, outs), (larger, smaller) in zip(itertools.pairwise(channels), others, strict=True):
            layers.append(spectral(nn.Conv2d(inputs, outs, *halving(larger, smaller), padding=1, bias=bias)))
            layers += [nn.BatchNorm2d(outs)] if norm == "batch" else []
            layers.append(nn.LeakyReLU(0.2))
        self.rest = nn.Sequential(*layers, nn.Flatten())
        features = channels[-1] * math.prod(discriminator_size(sizes))
        self.linear = spectral(nn.Linear(features, outputs))
        self.label = LabelEmbedding(num_classes, width) if num_classes else None
        self.projection = LabelEmbedding(num_classes, features) if num_classes else None

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        x = self.first(x)  # (N, width, H / 2, W / 2)
        if self.label is None or self.projection is None:
            return self.linear(self.rest(x)).squeeze(1)  # (N,), or (N, outputs)
        features = self.rest(x + self.label(y)[:, :, None, None])  # (N, F)
        return (self.linear(features) + (self.projection(y) * features).sum(1, keepdim=True)).squeeze(1)


def initialised(network: nn.Module) -> nn.Module:
    """Weights from N(0, 0.02²), as in the paper; those under spectral normalisation keep PyTorch's start.

    An embedding starts as strong as what it is added to, so that the label has an effect from the first step.
    """
    for name, module in network.named_modules():
        if is_parametrized(module):
            continue
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) or name == "linear":
            nn.init.normal_(module.weight, 0, 0.02)
    for name, std in {"embedding": 0.16, "label": 0.5, "projection": 0.02}.items():
        if (embedding := getattr(network, name, None)) is not None:
            nn.init.normal_(embedding.weight, 0, std)
    return network


def batch_norm(channels: int, num_classes: int) -> nn.Module:
    """BatchNorm, with a scale and a shift for every class if there are classes."""
    return ConditionalBatchNorm(channels, num_classes) if num_classes else nn.BatchNorm2d(channels)


class ConditionalBatchNorm(nn.Module):
    """BatchNorm whose scale and shift belong to the class (de Vries et al., 2017, https://arxiv.org/abs/1707.00683)."""

    def __init__(self, channels: int, num_classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.scale = LabelEmbedding(num_classes, channels)
        self.shift = LabelEmbedding(num_classes, channels)
        nn.init.ones_(self.scale.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.norm(x) * self.scale(y)[:, :, None, None] + self.shift(y)[:, :, None, None]  # (N, C, H, W)
