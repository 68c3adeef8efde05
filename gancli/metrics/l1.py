"""The L1 distance of Pix2Pix (Isola et al., 2017, https://arxiv.org/abs/1611.07004, equation 3)."""

from torch import Tensor

from gancli.metrics import checks


def l1_distance(images: Tensor, targets: Tensor) -> Tensor:
    """The mean absolute difference of each image from its target, of shape (N,), from 0 to 1.

    Args:
        images: in [0, 1], of shape (N, C, H, W).
        targets: likewise.

    Raises:
        ValueError: different shapes, no images, or values that are not in [0, 1].
    """
    images, targets = checks.image_pairs(images, targets)
    return (images - targets).abs().flatten(1).mean(1)
