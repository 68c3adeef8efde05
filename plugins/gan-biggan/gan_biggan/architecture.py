"""The networks of BigGAN (Brock et al., 2019, https://arxiv.org/abs/1809.11096, appendix B)."""

from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from gan_biggan.discriminator import Discriminator
from gan_biggan.generator import Generator
from gancli import Architecture, DataSpec, bounded, refuse_sources
from gancli.architectures.sizes import Size, image_sizes


class BigGANArchitecture(Architecture):
    """Residual networks for images of 16 to 256 pixels in height and in width, odd numbers included.

    Every block doubles or halves a side that is longer than 5 pixels: for 28 × 28 pixels the sides are 4, 7, 14, 28,
    for 64 × 64 they are 4, 8, 16, 32, 64. ``latent.dim`` must be a multiple of the blocks plus one: of 4 for 28 or 32
    pixels, of 5 for 64, of 6 for 128, of 7 for 256.

    Args:
        width: the generator's channels next to the image; they double with every block away from it, three times at
            most, so that large images stay affordable. (The paper's largest networks have 96.)
        discriminator_width: likewise for the discriminator; by default the same.
        shared_dim: the size of the embedding of the classes that all of the generator's blocks share.
        attention: self-attention (Zhang et al., 2019) in both networks, where the longer side of the maps has so many
            pixels; or none.
    """

    def __init__(
        self,
        *,
        width: Annotated[int, Field(ge=1, le=1024)] = 64,
        discriminator_width: Annotated[int, Field(ge=1, le=1024)] | None = None,
        shared_dim: Annotated[int, Field(ge=1, le=4096)] = 128,
        attention: Annotated[int, Field(ge=1)] | Literal["none"] = "none",
    ) -> None:
        self.width, self.discriminator_width = width, discriminator_width or width
        self.shared_dim, self.attention = shared_dim, None if attention == "none" else attention

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        sizes = self._sizes(data)
        chunks = len(sizes)  # one for the first layer, and one for each block
        if latent_dim % chunks:
            nearest = chunks * max(1, round(latent_dim / chunks))
            raise ValueError(
                f"latent.dim: found {latent_dim}, expected a multiple of {chunks}, such as {nearest}: "
                f"the first layer and each of {chunks - 1} blocks take a part of the noise"
            )
        return Generator(data, latent_dim, num_classes, self.width, self.shared_dim, sizes, self.attention)

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return Discriminator(data, num_classes, outputs, self.discriminator_width, self._sizes(data), self.attention)

    def _sizes(self, data: DataSpec) -> list[Size]:
        """The sizes of an image on its way down; raises ValueError if none of them is that of the attention."""
        sizes = image_sizes(data, None, "biggan")
        between = [max(size) for size in sizes[1:-1]]  # both networks have maps of these sizes
        if self.attention is not None and self.attention not in between:
            known = " or ".join(map(str, between))
            raise ValueError(f"attention: found {self.attention}, expected {known} for these images, or none")
        return sizes
