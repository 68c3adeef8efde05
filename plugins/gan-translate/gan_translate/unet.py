"""The U-Net of Pix2Pix (Isola et al., 2017, https://arxiv.org/abs/1611.07004, section 6.1.1)."""

import itertools
from typing import Annotated

import torch
from pydantic import Field
from torch import Size, Tensor, nn
from torch.nn.functional import leaky_relu

from gan_translate.initial import initialised
from gan_translate.patchgan import PatchLayers, patchgan
from gan_translate.source import source_of
from gancli import Architecture, DataSpec, bounded
from gancli.architectures.sizes import doubling_channels

Width = Annotated[int, Field(ge=1, le=1024)]
MAX_BLOCKS = 8
DROPPED = 3  # layers of the decoder with dropout, from the smallest on


class UNet(Architecture):
    """A generator that hands every layer of its encoder to the decoder, and a discriminator of patches.

    Sides may be odd: half of 7 pixels is 3, and 3 are doubled to 7.

    Args:
        width: channels of the encoder's first layer; they double with every further one, three times at most.
        blocks: how often the image is halved; by default, until its shorter side has 1 pixel, eight times at most.
        dropout: of the decoder's first three layers, the probability that a number is dropped. It is the generator's
            only noise.
        discriminator_width: channels of the discriminator's first layer, likewise; by default ``width``.
        patch_layers: how often the discriminator halves the image. It sees patches of 70 × 70 pixels with 3, of 34 × 34
            with 2, of 16 × 16 with 1, and single pixels with 0.
    """

    def __init__(
        self,
        *,
        width: Width = 64,
        blocks: Annotated[int, Field(ge=2, le=MAX_BLOCKS)] | None = None,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5,
        discriminator_width: Width | None = None,
        patch_layers: PatchLayers = 3,
    ) -> None:
        self.width, self.blocks, self.dropout = width, blocks, dropout
        self.discriminator_width, self.patch_layers = discriminator_width or width, patch_layers

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        source = source_of(data)
        channels = doubling_channels(self.width, self._halvings(data))
        return initialised(Generator(source.shape[0], data.shape[0], channels, self.dropout))

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return patchgan(data, num_classes, outputs, self.discriminator_width, self.patch_layers)

    def _halvings(self, data: DataSpec) -> int:
        shorter = min(data.shape[1:])
        most = min(shorter.bit_length() - 1, MAX_BLOCKS)
        if self.blocks is not None and self.blocks > most:
            raise ValueError(f"blocks: {self.blocks} are too many for {shorter} pixels; expected {most} at most")
        return self.blocks or most


class Generator(nn.Module):
    """An encoder that halves the image and a decoder that doubles it, joined at every size.

    Args:
        inputs: channels of the image to translate.
        outputs: channels of its translation.
        channels: of the encoder's layers.
        dropout: a probability.
    """

    def __init__(self, inputs: int, outputs: int, channels: list[int], dropout: float) -> None:
        super().__init__()
        self.size_multiple = 2 ** len(channels)
        *normalised, (before, smallest) = itertools.pairwise(channels)
        self.first = nn.Conv2d(inputs, channels[0], 4, 2, 1)
        self.encoder = nn.ModuleList(halving(*pair) for pair in normalised)
        # Not normalised: the smallest image may have one pixel, which would become 0.
        self.encoder.append(nn.Conv2d(before, smallest, 4, 2, 1))
        self.decoder = nn.ModuleList(
            Doubling(before * (1 if depth == 0 else 2), after, dropout if depth < DROPPED else 0.0)
            for depth, (before, after) in enumerate(itertools.pairwise(channels[::-1]))
        )
        self.last = nn.ConvTranspose2d(2 * channels[0], outputs, 4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        size, features = x.shape[2:], [self.first(x)]
        for layer in self.encoder:
            features.append(layer(leaky_relu(features[-1], 0.2)))  # (N, 2C, H / 2, W / 2)
        x = features.pop()
        for layer, joined in zip(self.decoder, reversed(features), strict=True):
            x = torch.cat([joined, layer(x.relu(), joined.shape[2:])], 1)  # (N, C, 2H, 2W)
        return self.last(x.relu(), size).tanh()


def halving(inputs: int, outputs: int) -> nn.Module:
    """A convolution to half of the size, rounded down; the normalisation would take a bias away."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.InstanceNorm2d(outputs))


class Doubling(nn.Module):
    """A transposed convolution to twice the size, or to one pixel more, and dropout."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        self.rest = nn.Sequential(nn.InstanceNorm2d(outputs), nn.Dropout(dropout))

    def forward(self, x: Tensor, size: Size) -> Tensor:
        return self.rest(self.convolution(x, list(size)))
