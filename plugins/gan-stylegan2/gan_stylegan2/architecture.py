"""The networks of StyleGAN2 (Karras et al., 2020, https://arxiv.org/abs/1912.04958), for images of many sizes."""

from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from gan_stylegan2.discriminator import Discriminator
from gan_stylegan2.generator import Generator
from gancli import Architecture, DataSpec, bounded, refuse_sources
from gancli.architectures.sizes import Size, doubling_channels

Count = Annotated[int, Field(ge=1, le=4096)]
MIN_SIDE, MAX_START = 16, 16  # pixels


class StyleGAN2Architecture(Architecture):
    """A generator of styles and a residual discriminator, for images of 4 to 16 pixels times a power of two.

    Args:
        width: channels at the image's resolution; they double with every halving of it.
        discriminator_width: likewise of the discriminator; by default the same.
        max_width: the largest number of channels.
        w_dim: numbers of a style.
        mapping_layers: from noise to style.
        mapping_lr: how fast these layers learn, relative to the rest.
        noise: every layer of the generator adds noise.
        output: of the generator; the sum of the images of all sizes, or its hyperbolic tangent, which draws large
            areas of pure white or black after far fewer steps.
        group: samples whose standard deviation the discriminator sees together.
    """

    def __init__(
        self,
        *,
        width: Count = 32,
        discriminator_width: Count | None = None,
        max_width: Count = 512,
        w_dim: Count = 512,
        mapping_layers: Annotated[int, Field(ge=1, le=16)] = 8,
        mapping_lr: Annotated[float, Field(gt=0, le=1)] = 0.01,
        noise: bool = True,
        output: Literal["sum", "tanh"] = "sum",
        group: Count = 4,
    ) -> None:
        self.width, self.discriminator_width, self.max_width = width, discriminator_width or width, max_width
        self.w_dim, self.mapping_layers, self.mapping_lr = w_dim, mapping_layers, mapping_lr
        self.noise, self.output, self.group = noise, output, group

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        sizes = image_sizes(data)[::-1]
        return Generator(
            latent_dim,
            num_classes,
            self.w_dim,
            self.mapping_layers,
            self.mapping_lr,
            colours=data.shape[0],
            channels=doubling_channels(self.width, len(sizes), self.max_width)[::-1],
            sizes=sizes,
            noisy=self.noise,
            tanh=self.output == "tanh",
        )

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        sizes = image_sizes(data)
        channels = doubling_channels(self.discriminator_width, len(sizes), self.max_width)
        return Discriminator(data, num_classes, outputs, channels, sizes[-1], self.group)


def image_sizes(data: DataSpec) -> list[Size]:
    """The sizes of an image, halved until a side is odd or less than 8 pixels: ``[(64, 64), …, (4, 4)]``.

    Raises ValueError for what cannot be halved so far.
    """
    if not data.is_image:
        raise ValueError(f"stylegan2 draws images; this dataset has points of shape {data.shape}, which mlp can draw")
    sizes = [(data.shape[1], data.shape[2])]
    while all(side % 2 == 0 and side >= 8 for side in sizes[-1]):
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    if min(sizes[0]) < MIN_SIDE or max(sizes[-1]) > MAX_START:
        found = f"{data.shape[1]}×{data.shape[2]} pixels"
        expected = "sides of 4 to 16 times the same power of two, of 16 pixels or more"
        raise ValueError(f"stylegan2 draws images with {expected}, such as 64, 96×128 or 256; this dataset has {found}")
    return sizes
