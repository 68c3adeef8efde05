"""How a decoded image becomes the pixels of an example."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gancli.data.fitting import Fit, Sides, enlargement, fitted, remarks

Shape = tuple[int, int, int]  # channels, height, width
Decoder = Literal["exact", "draft"]  # draft: a JPEG is decoded at 1/2, 1/4 or 1/8 of its sides where that is enough


class Frame(Protocol):
    """From an image of any size, in colour or in grey, to pixels of one shape, uint8."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def pixels(self, image: Image.Image) -> Tensor: ...
    def decoded_at(self, found: Sides) -> float:
        """The share of its sides that an image must at least be decoded at; 1: all of its pixels are wanted."""

    def remarks(self, found: Mapping[str, Sides]) -> Iterator[str]:
        """What a user may not expect of images of these heights and widths, by their names."""


@dataclass(frozen=True)
class Whole:
    """The whole image, of shape (C, H, W), scaled to that size as ``fit`` says."""

    shape: Shape
    fit: Fit = "crop"
    decoder: Decoder = "exact"

    def pixels(self, image: Image.Image) -> Tensor:
        return to_pixels(image, self.shape, self.fit)

    def decoded_at(self, found: Sides) -> float:
        return enlargement(found, self.shape[1:], self.fit) if self.decoder == "draft" else 1.0

    def remarks(self, found: Mapping[str, Sides]) -> Iterator[str]:
        return remarks(found, self.shape[1:], self.fit)


@dataclass(frozen=True)
class Halves:
    """The left and the right half of an image, each by itself; their values one after the other, of shape (D,)."""

    left: Whole
    right: Whole

    @property
    def shape(self) -> tuple[int]:
        return (math.prod(self.left.shape) + math.prod(self.right.shape),)

    def pixels(self, image: Image.Image) -> Tensor:
        half, width, height = image.width // 2, image.width, image.height
        if not half:
            raise ValueError("is 1 pixel wide; expected two pictures side by side")
        left, right = image.crop((0, 0, half, height)), image.crop((width - half, 0, width, height))
        return torch.cat([self.left.pixels(left).flatten(), self.right.pixels(right).flatten()])

    def decoded_at(self, found: Sides) -> float:
        height, width = found
        if width % 16:  # a half does not begin with a block of 8 pixels, which are decoded together
            return 1.0
        return max(half.decoded_at((height, width // 2)) for half in (self.left, self.right))

    def remarks(self, found: Mapping[str, Sides]) -> Iterator[str]:
        return self.left.remarks({name: (height, width // 2) for name, (height, width) in found.items()})

    def split(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The two pictures, of shape (N, C, H, W) each, of pixels of shape (N, D)."""
        at = math.prod(self.left.shape)
        return pixels[:, :at].unflatten(1, self.left.shape), pixels[:, at:].unflatten(1, self.right.shape)


def to_pixels(image: Image.Image, shape: Shape, fit: Fit = "crop") -> Tensor:
    """The pixels of an image, of shape (C, H, W), uint8, scaled to that size as ``fit`` says."""
    channels, height, width = shape
    mode = "RGB" if channels == 3 else "L"
    image = fitted(image if image.mode == mode else image.convert(mode), (height, width), fit)
    return torch.from_numpy(np.array(image)).reshape(height, width, channels).permute(2, 0, 1)
