"""Small data and networks that components are tried with, beside the built-in ones."""

import torch
from torch.nn.functional import interpolate

from gancli.data import ImageDataset
from gancli.registry import Plugin, made_of

IMAGES = 60
CLASSES = ("one", "two", "three")


class ToyImages(ImageDataset):
    """Sixty smooth images, which are drawn at random and always the same.

    Args:
        channels: 1 or 3.
        height: in pixels.
        width: in pixels.
        labelled: whether they are of three classes.
    """

    def __init__(self, *, channels: int = 1, height: int = 16, width: int = 16, labelled: bool = False) -> None:
        coarse = torch.rand(IMAGES, channels, 4, 4, generator=torch.Generator().manual_seed(0))
        images = interpolate(coarse, (height, width), mode="bilinear").mul(255).byte()
        super().__init__(images, *((torch.arange(IMAGES) % len(CLASSES), CLASSES) if labelled else ()))


TOYS: tuple[Plugin, ...] = (made_of("dataset", "toy-images", ToyImages, "gancli", "?"),)
