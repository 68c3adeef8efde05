"""The residual generator of CycleGAN (Zhu et al., 2017, https://arxiv.org/abs/1703.10593, section 7.2).

It is that of Johnson et al. (2016, https://arxiv.org/abs/1603.08155), with InstanceNorm.
"""

from typing import Annotated

from pydantic import Field
from torch import Size, Tensor, nn

from gan_translate.initial import initialised
from gan_translate.patchgan import PatchLayers, patchgan
from gan_translate.source import source_of
from gancli import Architecture, DataSpec, bounded

Width = Annotated[int, Field(ge=1, le=1024)]
LARGE = 128  # pixels of a side; above, the paper has nine blocks instead of six


class ResNet(Architecture):
    """A generator of residual blocks at a quarter of the resolution, and a discriminator of patches.

    Args:
        width: the generator's channels at the image's resolution; they double with both halvings.
        blocks: residual blocks; by default nine, or six for images of up to 128 pixels.
        dropout: in every block, the probability that a number is dropped.
        discriminator_width: channels of the discriminator's first layer; they double with every further one, three
            times at most; by default ``width``.
        patch_layers: how often the discriminator halves the image. It sees patches of 70 × 70 pixels with 3, of 34 × 34
            with 2, of 16 × 16 with 1, and single pixels with 0.
    """

    def __init__(
        self,
        *,
        width: Width = 64,
        blocks: Annotated[int, Field(ge=0, le=64)] | None = None,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
        discriminator_width: Width | None = None,
        patch_layers: PatchLayers = 3,
    ) -> None:
        self.width, self.blocks, self.dropout = width, blocks, dropout
        self.discriminator_width, self.patch_layers = discriminator_width or width, patch_layers

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        inputs, outputs = source_of(data).shape[0], data.shape[0]
        usual = 9 if max(data.shape[1:]) > LARGE else 6
        blocks = usual if self.blocks is None else self.blocks
        return initialised(Generator(inputs, outputs, self.width, blocks, self.dropout))

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return patchgan(data, num_classes, outputs, self.discriminator_width, self.patch_layers)


class Generator(nn.Module):
    """Two convolutions that halve the image, residual blocks, and two that double it.

    Args:
        inputs: channels of the image to translate.
        outputs: channels of its translation.
        width: channels at the image's resolution.
        blocks: their number.
        dropout: a probability.
    """

    size_multiple = 4

    def __init__(self, inputs: int, outputs: int, width: int, blocks: int, dropout: float) -> None:
        super().__init__()
        self.first = normalised(reflecting(inputs, width, 7))
        self.encoder = nn.ModuleList(
            normalised(nn.Conv2d(before, 2 * before, 3, 2, 1, bias=False)) for before in (width, 2 * width)
        )
        self.blocks = nn.Sequential(*(ResidualBlock(4 * width, dropout) for _ in range(blocks)))
        self.decoder = nn.ModuleList(Doubling(2 * after, after) for after in (2 * width, width))
        self.last = reflecting(width, outputs, 7, bias=True)

    def forward(self, x: Tensor) -> Tensor:
        x, sizes = self.first(x), []
        for layer in self.encoder:
            sizes.append(x.shape[2:])
            x = layer(x)  # (N, 2C, H / 2, W / 2)
        x = self.blocks(x)
        for layer, size in zip(self.decoder, reversed(sizes), strict=True):
            x = layer(x, size)  # (N, C / 2, 2H, 2W)
        return self.last(x).tanh()


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to the input."""

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.network = nn.Sequential(
            normalised(reflecting(channels, channels, 3)),
            nn.Dropout(dropout),
            reflecting(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.network(x)


class Doubling(nn.Module):
    """A transposed convolution to twice the size, or to one pixel less, normalised."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, bias=False)
        self.norm = nn.InstanceNorm2d(outputs)

    def forward(self, x: Tensor, size: Size) -> Tensor:
        return self.norm(self.convolution(x, list(size))).relu()


def reflecting(inputs: int, outputs: int, kernel: int, *, bias: bool = False) -> nn.Conv2d:
    """A convolution that keeps the size of an image and sees its reflection beyond the border."""
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, padding_mode="reflect", bias=bias)


def normalised(convolution: nn.Conv2d) -> nn.Module:
    """A convolution, InstanceNorm, which would take a bias away, and ReLU."""
    return nn.Sequential(convolution, nn.InstanceNorm2d(convolution.out_channels), nn.ReLU())
