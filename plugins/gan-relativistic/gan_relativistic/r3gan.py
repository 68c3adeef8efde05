"""R3GAN's networks (Huang et al., 2024, https://arxiv.org/abs/2501.05441, section 4; sizes as in the authors' code).

Residual blocks of grouped convolutions, as in ResNeXt, without normalisation: the start of the weights keeps variances
(Fixup, Zhang et al., 2019, https://arxiv.org/abs/1901.09321), and the penalties R1 and R2 do the rest.
"""

import itertools
import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gan_relativistic.layers import SLOPE, Block, Resample, Size, Stage, convolution, label_embedding, scaled
from gancli import Architecture, DataSpec, bounded, check_shape, refuse_sources

FULL_SIDE = 32  # pixels, up to which a stage has all of its channels; half of them at twice the side, and so on


class R3GAN(Architecture):
    """A stage for every resolution, from 4 to 7 pixels a side to the image, with ``blocks`` residual blocks each.

    The defaults are those of the paper for CIFAR-10, 21 million parameters a player. A ``width`` of 64 to 128 suits
    small computers.

    Args:
        width: channels of a stage up to 32 pixels, a multiple of 8; half of them at 64, a quarter at 128.
        blocks: residual blocks a stage.
        expansion: channels inside a block, as a multiple of those outside.
        group_width: channels of a group of a grouped convolution, at most.
    """

    def __init__(
        self,
        *,
        width: Annotated[int, Field(ge=8, le=4096, multiple_of=8)] = 768,
        blocks: Annotated[int, Field(ge=1, le=16)] = 2,
        expansion: Annotated[int, Field(ge=1, le=8)] = 2,
        group_width: Annotated[int, Field(ge=1, le=4096)] = 16,
    ) -> None:
        self.width, self.blocks, self.expansion, self.group_width = width, blocks, expansion, group_width

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        return Generator(data, latent_dim, num_classes, self._stages(data))

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return Discriminator(data, num_classes, outputs, self._stages(data)[::-1])

    def _stages(self, data: DataSpec) -> list[Stage]:
        """From the smallest to the size of the image."""
        sizes = stage_sizes(data)
        gain = math.sqrt(2 / (1 + SLOPE**2)) * (self.blocks * len(sizes)) ** -0.25  # of Fixup: three layers a block
        stages = []
        for size in sizes:
            width = max(8, self.width * FULL_SIDE // max(FULL_SIDE, *size))
            inside = width * self.expansion
            group = next(channels for channels in range(min(self.group_width, inside), 0, -1) if inside % channels == 0)
            blocks = nn.Sequential(*(Block(width, inside, inside // group, gain) for _ in range(self.blocks)))
            stages.append(Stage(size, width, blocks))
        return stages


class Generator(nn.Module):
    """Learned feature maps, scaled by the noise and the class, and brought to the size of the image stage by stage."""

    def __init__(self, data: DataSpec, latent_dim: int, num_classes: int, stages: list[Stage]) -> None:
        super().__init__()
        self.embedding = label_embedding(num_classes, latent_dim) if num_classes else None
        inputs = latent_dim * (2 if num_classes else 1)
        self.linear = scaled(nn.Linear(inputs, stages[0].width, bias=False))
        self.basis = nn.Parameter(torch.randn(stages[0].width, *stages[0].size))
        self.stages = nn.ModuleList(stages)
        self.ups = nn.ModuleList(
            Resample(small.width, large.width, up=True) for small, large in itertools.pairwise(stages)
        )
        self.to_image = convolution(stages[-1].width, data.shape[0])

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        if self.embedding is not None:
            z = torch.cat([z, self.embedding(y)], dim=1)
        x = self.stages[0](self.basis * self.linear(z)[:, :, None, None])  # (N, C, h, w)
        for up, stage in zip(self.ups, self.stages[1:], strict=True):
            x = stage(up(x))
        x = self.to_image(x)
        return x if self.training else x.clamp(-1, 1)


class Discriminator(nn.Module):
    """The same stages from the image down, one number a feature map, and the logit; with a label, their product."""

    def __init__(self, data: DataSpec, num_classes: int, outputs: int, stages: list[Stage]) -> None:
        super().__init__()
        self.data, self.outputs, width = data, outputs, stages[-1].width
        self.from_image = convolution(data.shape[0], stages[0].width)
        self.stages = nn.ModuleList(stages)
        self.downs = nn.ModuleList(
            Resample(large.width, small.width, up=False) for large, small in itertools.pairwise(stages)
        )
        self.basis = scaled(nn.Conv2d(width, width, stages[-1].size, groups=width, bias=False))
        self.linear = scaled(nn.Linear(width, outputs * (width if num_classes else 1), bias=False))
        self.embedding = label_embedding(num_classes, width, gain=width**-0.5) if num_classes else None

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        x = self.stages[0](self.from_image(x))
        for down, stage in zip(self.downs, self.stages[1:], strict=True):
            x = stage(down(x))
        logits = self.linear(self.basis(x).flatten(1))
        if self.embedding is not None:
            logits = (logits.unflatten(1, (self.outputs, -1)) * self.embedding(y).unsqueeze(1)).sum(2)
        return logits.squeeze(1)  # (N,), or (N, outputs)


def stage_sizes(data: DataSpec) -> list[Size]:
    """The size of every stage, the smallest first: ``[(4, 4), (8, 8), (16, 16), (32, 32)]``.

    Raises ValueError for data that are not images whose sides can be halved down to 7 pixels or less.
    """
    if not data.is_image:
        raise ValueError(f"r3gan draws images; this dataset has points of shape {data.shape}")
    sizes = [data.shape[1:]]
    while max(sizes[0]) > 7 and all(side % 2 == 0 for side in sizes[0]):
        sizes.insert(0, tuple(side // 2 for side in sizes[0]))
    if max(sizes[0]) > 7:
        found = "×".join(map(str, data.shape[1:]))
        raise ValueError(f"r3gan halves the sides down to 4 to 7 pixels, such as 28, 32, 48, 64, 128; found {found}")
    return [(height, width) for height, width in sizes]
