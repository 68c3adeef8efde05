"""Images that are joined in one sample, changed alike."""

import torch
from torch import Tensor

from gancli.augmentations.base import Augmentation


def alike(augmentation: Augmentation, x: Tensor, channels: tuple[int, ...]) -> Tensor:
    """Augmented samples; images that are joined in one are changed by the same random numbers, so they move alike.

    Each image goes through the augmentation by itself, which knows images of one and of three channels.

    Args:
        augmentation: of images.
        x: of shape (N, C, H, W), or of any other shape if nothing is joined.
        channels: those of each image, in order; () if a sample is one image.
    """
    if not channels:
        return augmentation(x)
    *others, last = x.split(channels, 1)
    devices = [] if x.device.type == "cpu" else [x.device]
    changed = []
    for image in others:
        with torch.random.fork_rng(devices, device_type=x.device.type):
            changed.append(augmentation(image))
    return torch.cat([*changed, augmentation(last)], 1)
