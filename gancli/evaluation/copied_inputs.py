"""Source images in the place of their translations."""

from collections.abc import Iterator

from torch import Tensor
from torch.nn.functional import interpolate

from gancli.data.sources import SourceImages

LUMA = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601, as Pillow makes an image grey


def copied_inputs(sources: SourceImages, shape: tuple[int, ...]) -> Iterator[Tensor]:
    """The source images as images of a shape (C, H, W), in blocks."""
    return (converted(block, shape) for block in sources.blocks())


def converted(images: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Images of shape (N, 1 or 3, H, W) with the channels and the sides of ``shape``."""
    channels = images.shape[1]
    if channels == 3 and shape[0] == 1:
        images = (images * images.new_tensor(LUMA).view(3, 1, 1)).sum(1, keepdim=True)
    elif channels == 1 and shape[0] == 3:
        images = images.expand(-1, 3, -1, -1)
    if images.shape[2:] != shape[1:]:
        images = interpolate(images, size=shape[1:], mode="bilinear", antialias=True).clamp(-1, 1)
    return images
