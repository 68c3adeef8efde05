"""The generator of BigGAN (Brock et al., 2019, https://arxiv.org/abs/1809.11096, figure 15)."""

import itertools
import math

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gan_biggan.attention import SelfAttention
from gan_biggan.norm import ConditionalBatchNorm
from gan_biggan.spectral import convolution, orthogonal, spectral
from gancli import DataSpec, LabelEmbedding
from gancli.architectures.sizes import Size, doubling_channels


class Generator(nn.Module):
    """Residual blocks that double a small map; each is told the class and gets a chunk of the noise of its own.

    It takes ``z`` of shape (N, latent_dim), and ``y`` as ``LabelEmbedding`` does, and returns images in [-1, 1].

    Args:
        sizes: of the image on its way down, the image's own first.
        attention: the longer side of the maps that self-attention follows; None for none.
    """

    def __init__(
        self,
        data: DataSpec,
        latent_dim: int,
        num_classes: int,
        width: int,
        shared_dim: int,
        sizes: list[Size],
        attention: int | None,
    ) -> None:
        super().__init__()
        channels, upward = doubling_channels(width, len(sizes))[::-1], sizes[::-1]
        self.chunk_dim = latent_dim // len(sizes)
        condition_dim = self.chunk_dim + (shared_dim if num_classes else 0)
        self.shared = orthogonal(LabelEmbedding(num_classes, shared_dim)) if num_classes else None
        first = (channels[0], *upward[0])
        self.linear = spectral(nn.Linear(self.chunk_dim, math.prod(first)))
        self.unflatten = nn.Unflatten(1, first)
        self.blocks = nn.ModuleList(
            UpBlock(inputs, outputs, condition_dim, size, attention=max(size) == attention)
            for (inputs, outputs), size in zip(itertools.pairwise(channels), upward[1:], strict=True)
        )
        self.output = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), convolution(width, data.shape[0]))

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        first, *chunks = z.split(self.chunk_dim, 1)  # (N, chunk_dim) each
        shared = () if self.shared is None else (self.shared(y),)  # (N, shared_dim)
        x = self.unflatten(self.linear(first))  # (N, C, H, W), small
        for block, chunk in zip(self.blocks, chunks, strict=True):
            x = block(x, torch.cat([*shared, chunk], 1))  # (N, C / 2, 2H, 2W)
        return self.output(x).tanh()


class UpBlock(nn.Module):
    """BatchNorm, ReLU, doubling, convolution; BatchNorm, ReLU, convolution; and a shortcut that is doubled too."""

    def __init__(self, inputs: int, outputs: int, condition_dim: int, size: Size, *, attention: bool) -> None:
        super().__init__()
        self.size = size  # of the maps that it returns
        self.norms = nn.ModuleList(ConditionalBatchNorm(channels, condition_dim) for channels in (inputs, outputs))
        self.convolutions = nn.ModuleList(convolution(channels, outputs) for channels in (inputs, outputs))
        self.shortcut = convolution(inputs, outputs, 1)
        self.attention = SelfAttention(outputs) if attention else nn.Identity()

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        first, second = self.convolutions
        h = first(self._doubled(self.norms[0](x, condition).relu()))
        h = second(self.norms[1](h, condition).relu())
        # A convolution of 1 × 1 gives the same before the doubling as after it, in a quarter of the time.
        return self.attention(h + self._doubled(self.shortcut(x)))

    def _doubled(self, x: Tensor) -> Tensor:
        return interpolate(x, size=self.size)  # the nearest pixel
