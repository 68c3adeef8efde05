"""The discriminator of patches (Isola et al., 2017, https://arxiv.org/abs/1611.07004, section 3.2.2)."""

import itertools
from typing import Annotated

from pydantic import Field
from torch import Tensor, nn

from gan_translate.initial import initialised
from gancli import DataSpec, check_shape
from gancli.architectures.sizes import doubling_channels

PatchLayers = Annotated[int, Field(ge=0, le=6)]


def patchgan(data: DataSpec, num_classes: int, outputs: int, width: int, layers: int) -> nn.Module:
    """A discriminator of patches, for an architecture.

    Args:
        data: facts about the images that it sees.
        num_classes: expected to be 0.
        outputs: expected to be 1.
        width: channels of the first convolution; they double with every further one, three times at most.
        layers: as of ``PatchGAN``.

    Raises ValueError for what it does not give, and for images that are smaller than its first logit needs.
    """
    if num_classes or outputs != 1:
        raise ValueError(f"expected one logit a patch, without labels; found {outputs} and {num_classes} classes")
    if min(data.shape[1:]) < (least := 3 * 2**layers if layers else 1):
        size = "×".join(map(str, data.shape[1:]))
        raise ValueError(
            f"patch_layers: {layers} halve images of {least} pixels or more; found {size}; expected fewer layers"
        )
    return initialised(PatchGAN(data, width, layers))


class PatchGAN(nn.Module):
    """A logit for every patch of an image, of shape (N, 1, h, w).

    Patches have 16 × 16, 34 × 34, 70 × 70 or 142 × 142 pixels with 1, 2, 3 or 4 ``layers`` that halve the image. With
    0, which is the paper's PixelGAN, a patch is one pixel.
    """

    def __init__(self, data: DataSpec, width: int, layers: int) -> None:
        super().__init__()
        self.data = data
        kernel, padding = (4, 1) if layers else (1, 0)
        strides = [*[2] * layers, 1] if layers else [1, 1]
        first, *channels = doubling_channels(width, len(strides))
        network: list[nn.Module] = [nn.Conv2d(data.shape[0], first, kernel, strides[0], padding), nn.LeakyReLU(0.2)]
        for (inputs, outputs), stride in zip(itertools.pairwise([first, *channels]), strides[1:], strict=True):
            # The normalisation takes a bias away.
            network += [nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), nn.InstanceNorm2d(outputs)]
            network += [nn.LeakyReLU(0.2)]
        self.network = nn.Sequential(*network, nn.Conv2d(channels[-1], 1, kernel, padding=padding))

    def forward(self, x: Tensor) -> Tensor:
        check_shape(x, self.data)
        return self.network(x)
