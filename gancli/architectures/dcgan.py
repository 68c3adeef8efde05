"""Deep convolutional networks (Radford et al., 2016, https://arxiv.org/abs/1511.06434).

A conditional generator takes its label beside the noise and through class-conditional BatchNorm (de Vries et al., 2017,
https://arxiv.org/abs/1707.00683); a conditional discriminator adds its label to
the first layer's channels and projects its features on the label's embedding (Miyato & Koyama, 2018,
https://arxiv.org/abs/1802.05637).
"""

import itertools
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape
from gancli.data import DataSpec

Norm = Literal["batch", "spectral", "none"]


class DCGAN(Architecture):
    """Convolutional networks for square images of any channel count, 28, 32 or 64 pixels wide.

    Every block halves or doubles the side. The generator goes 4, 7, 14, 28 and the discriminator 28, 14, 7, 3.

    Args:
        width: the generator's channels next to the image; they double with every block away from it.
        discriminator_width: likewise for the discriminator; by default the same.
        blocks: how many blocks; by default as many as lead to 4 pixels.
        discriminator_norm: batch normalisation in the discriminator (the paper's), spectral normalisation (Miyato et
            al., 2018, https://arxiv.org/abs/1802.05957), which suits a batch of real and fake images better, or none.
            BatchNorm sees the real and the fake batch apart.
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
        return initialised(Generator(data, latent_dim, num_classes, self.width, image_sides(data, self.blocks)))

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        blocks = len(image_sides(data, self.blocks)) - 1
        width, norm = self.discriminator_width, self.discriminator_norm
        return initialised(Discriminator(data, num_classes, outputs, width, blocks, norm))


def image_sides(data: DataSpec, blocks: int | None) -> list[int]:
    """The sides of an image on its way down, ``[28, 14, 7, 4]``, a halving a block.

    Raises ValueError if the data is not an image that these networks fit.
    """
    if not data.is_image:
        raise ValueError(f"dcgan draws images; this dataset has points of shape {data.shape}, which mlp can draw")
    _, height, width = data.shape
    if height != width or width not in (28, 32, 64):
        raise ValueError(f"dcgan draws square images of 28, 32 or 64 pixels; this dataset has {height}×{width}")
    sides = [width]
    while sides[-1] > 4 and len(sides) - 1 != blocks:
        sides.append((sides[-1] + 1) // 2)
    if blocks is not None and len(sides) - 1 != blocks:
        raise ValueError(f"{blocks} blocks are too many for {width} pixels; at most {len(sides) - 1} lead to 4 pixels")
    return sides


class Generator(nn.Module):
    """Noise, made into a small image of many channels, and doubled until it has the data's size."""

    def __init__(self, data: DataSpec, latent_dim: int, num_classes: int, width: int, sides: list[int]) -> None:
        super().__init__()
        side, blocks = sides[-1], len(sides) - 1
        channels = [width * 2**block for block in reversed(range(blocks))]
        self.linear = nn.Linear(latent_dim, channels[0] * side * side, bias=False)
        self.embedding = LabelEmbedding(num_classes, channels[0] * side * side) if num_classes else None
        self.unflatten = nn.Unflatten(1, (channels[0], side, side))
        self.norms = nn.ModuleList(batch_norm(count, num_classes) for count in channels)
        self.convolutions = nn.ModuleList(
            # A kernel of 4 doubles the side; where the side was odd, 4 -> 7, a kernel of 3 gives one pixel less.
            nn.ConvTranspose2d(inputs, outputs, 4 if larger == 2 * smaller else 3, stride=2, padding=1, bias=False)
            for (inputs, outputs), (smaller, larger) in zip(
                itertools.pairwise([*channels, data.shape[0]]), itertools.pairwise(reversed(sides)), strict=True
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

    def __init__(self, data: DataSpec, num_classes: int, outputs: int, width: int, blocks: int, norm: Norm) -> None:
        super().__init__()
        self.data = data
        spectral = spectral_norm if norm == "spectral" else lambda module: module
        channels = [width * 2**block for block in range(blocks)]
        # BatchNorm brings a bias of its own, and is left out next to the image, as in the paper.
        self.first = spectral(nn.Conv2d(data.shape[0], width, 4, stride=2, padding=1, bias=norm != "batch"))
        layers: list[nn.Module] = [nn.LeakyReLU(0.2)]
        for inputs, outs in itertools.pairwise(channels):
            layers.append(spectral(nn.Conv2d(inputs, outs, 4, stride=2, padding=1, bias=norm != "batch")))
            layers += [nn.BatchNorm2d(outs)] if norm == "batch" else []
            layers.append(nn.LeakyReLU(0.2))
        self.rest = nn.Sequential(*layers, nn.Flatten())
        features = channels[-1] * (data.shape[1] // 2**blocks) ** 2
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

    An embedding starts as strong as what it is added to, so that the label is heard from the first step.
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
