"""Small convolutional networks for few colour images, quick on a CPU.

The generator normalises every pixel's features (Karras et al., 2018, https://arxiv.org/abs/1710.10196), and the noise
scales and shifts them in every block (self-modulation, Chen et al., 2019, https://arxiv.org/abs/1810.01365). The
discriminator is residual (Karras et al., 2020, https://arxiv.org/abs/1912.04958) and begins at half of the resolution,
with four pixels in one: the convolutions at full resolution would take most of the time. No layer is BatchNorm, which
speckles the samples of few images.
"""

import itertools
import math
from typing import Annotated, TypeVar

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, leaky_relu, pad, pixel_unshuffle

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape, refuse_sources
from gancli.architectures.minibatch_deviation import MinibatchDeviation
from gancli.architectures.pixel_norm import normalised
from gancli.architectures.sizes import Size, doubling_channels, image_sizes, strides
from gancli.data import DataSpec

Width = Annotated[int, Field(ge=1, le=1024)]
STYLE_DIM = 128
SLOPE = 0.2  # of the leaky ReLU
Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


class Compact(Architecture):
    """Networks without BatchNorm for images of 16 to 256 pixels in height and in width, odd numbers included.

    Args:
        width: the generator's channels at the image's resolution; they double with every halving of it.
        discriminator_width: the discriminator's channels at half of the resolution, likewise; by default 2 × ``width``.
        max_width: the largest number of channels.
    """

    def __init__(self, *, width: Width = 16, discriminator_width: Width | None = None, max_width: Width = 256) -> None:
        self.width, self.discriminator_width = width, discriminator_width or 2 * width
        self.max_width = max_width

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        sizes = image_sizes(data, None, "compact")
        return Generator(
            data, latent_dim, num_classes, doubling_channels(self.width, len(sizes), self.max_width), sizes
        )

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        sizes = image_sizes(data, None, "compact")[1:]
        channels = doubling_channels(self.discriminator_width, len(sizes), self.max_width)
        return Discriminator(data, num_classes, outputs, channels, sizes)


class Generator(nn.Module):
    """Noise, made into a small image of many channels, and doubled until it has the data's size."""

    def __init__(
        self, data: DataSpec, latent_dim: int, num_classes: int, channels: list[int], sizes: list[Size]
    ) -> None:
        super().__init__()
        self.sizes, channels = sizes[::-1], channels[::-1]
        self.label = LabelEmbedding(num_classes, latent_dim) if num_classes else None
        inputs = 2 * latent_dim if num_classes else latent_dim
        self.mapping = nn.Sequential(
            he_normal(nn.Linear(inputs, STYLE_DIM)),
            nn.LeakyReLU(SLOPE),
            he_normal(nn.Linear(STYLE_DIM, STYLE_DIM)),
            nn.LeakyReLU(SLOPE),
        )
        self.linear = he_normal(nn.Linear(STYLE_DIM, channels[0] * math.prod(self.sizes[0])))
        self.unflatten = nn.Unflatten(1, (channels[0], *self.sizes[0]))
        self.blocks = nn.ModuleList(
            ModulatedBlock(before, after) for before, after in itertools.pairwise([channels[0], *channels])
        )
        self.image = he_normal(nn.Conv2d(channels[-1], data.shape[0], 3, padding=1), gain=0.5)

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        inputs = normalised(z)
        if self.label is not None:
            inputs = torch.cat([inputs, normalised(self.label(y))], 1)
        style = self.mapping(inputs)  # (N, STYLE_DIM)
        x = self.unflatten(self.linear(style))  # (N, C, H, W), small
        for block, size in zip(self.blocks, self.sizes, strict=True):
            x = x if x.shape[2:] == size else interpolate(x, size)
            x = block(x, style)  # (N, C / 2, 2H, 2W)
        return self.image(x).tanh()


class ModulatedBlock(nn.Module):
    """A convolution whose normalised features are scaled and shifted by numbers made of the style."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolution = he_normal(nn.Conv2d(inputs, outputs, 3, padding=1))
        self.modulation = nn.Linear(STYLE_DIM, 2 * outputs)
        nn.init.normal_(self.modulation.weight, 0, 0.3 / math.sqrt(STYLE_DIM))
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        x = normalised(self.convolution(x))
        scale, shift = self.modulation(style)[:, :, None, None].chunk(2, 1)  # (N, C, 1, 1) each
        return leaky_relu(x * (1 + scale) + shift, SLOPE)


class Discriminator(nn.Module):
    """Residual blocks that halve the image, and two linear layers; with a label, the features' projection on it."""

    def __init__(self, data: DataSpec, num_classes: int, outputs: int, channels: list[int], sizes: list[Size]) -> None:
        super().__init__()
        self.data, last = data, channels[-1]
        self.first = he_normal(nn.Conv2d(4 * data.shape[0], channels[0], 3, padding=1))
        self.blocks = nn.Sequential(
            *(
                ResidualBlock(inputs, outs, strides(larger, smaller))
                for (inputs, outs), (larger, smaller) in zip(
                    itertools.pairwise(channels), itertools.pairwise(sizes), strict=True
                )
            )
        )
        self.deviation = MinibatchDeviation()
        self.last = he_normal(nn.Conv2d(last + 1, last, 3, padding=1))
        self.features = he_normal(nn.Linear(last * math.prod(sizes[-1]), last))
        self.linear = nn.Linear(last, outputs)
        nn.init.normal_(self.linear.weight, 0, 1 / math.sqrt(last))
        nn.init.zeros_(self.linear.bias)
        self.projection = LabelEmbedding(num_classes, last) if num_classes else None
        if self.projection is not None:
            nn.init.normal_(self.projection.weight, 0, 1 / math.sqrt(last))

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        x = leaky_relu(self.first(four_in_one(x)), SLOPE)  # (N, width, H / 2, W / 2)
        x = leaky_relu(self.last(self.deviation(self.blocks(x))), SLOPE)
        features = leaky_relu(self.features(x.flatten(1)), SLOPE)  # (N, F)
        logits = self.linear(features)
        if self.projection is not None:
            logits = logits + (self.projection(y) * features).sum(1, keepdim=True)
        return logits.squeeze(1)  # (N,), or (N, outputs)


class ResidualBlock(nn.Module):
    """Two convolutions with a mean over neighbouring pixels between them, beside a convolution of one pixel."""

    def __init__(self, inputs: int, outputs: int, strides: Size) -> None:
        super().__init__()
        self.strides = strides
        self.first = he_normal(nn.Conv2d(inputs, inputs, 3, padding=1))
        self.second = he_normal(nn.Conv2d(inputs, outputs, 3, padding=1))
        self.skip = he_normal(nn.Conv2d(inputs, outputs, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        smaller = avg_pool2d(leaky_relu(self.first(x), SLOPE), self.strides, ceil_mode=True)
        skipped = self.skip(avg_pool2d(x, self.strides, ceil_mode=True))
        return (leaky_relu(self.second(smaller), SLOPE) + skipped) / math.sqrt(2)  # (N, C, H / 2, W / 2)


def four_in_one(x: Tensor) -> Tensor:
    """Every square of four pixels as one pixel of four times the channels; an odd side repeats its last pixel."""
    height, width = x.shape[2:]
    if height % 2 or width % 2:
        x = pad(x, (0, width % 2, 0, height % 2), mode="replicate")
    return pixel_unshuffle(x, 2)  # (N, 4C, H / 2, W / 2)


def he_normal(layer: Layer, gain: float = 1.0) -> Layer:
    """The layer, with initial weights that keep the variance through a leaky ReLU (He et al., 2015), times ``gain``."""
    std = gain * math.sqrt(2 / (1 + SLOPE**2)) / math.sqrt(layer.weight[0].numel())
    nn.init.normal_(layer.weight, 0, std)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
