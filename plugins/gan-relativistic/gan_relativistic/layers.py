"""The layers of R3GAN's networks (Huang et al., 2024, https://arxiv.org/abs/2501.05441, section 4)."""

import math
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu

from gancli import LabelEmbedding

SLOPE = 0.2  # of the leaky ReLU
Size = tuple[int, int]  # height, width
Layer = TypeVar("Layer", nn.Conv2d, nn.Linear)


class Stage(nn.Module):
    """The residual blocks of one resolution."""

    def __init__(self, size: Size, width: int, blocks: nn.Module) -> None:
        super().__init__()
        self.size, self.width, self.blocks = size, width, blocks

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(x)


class Block(nn.Module):
    """x + a 1×1, a grouped 3×3 and a 1×1 convolution of it, of which the last starts at zero."""

    def __init__(self, width: int, inside: int, groups: int, gain: float) -> None:
        super().__init__()
        self.expand = convolution(width, inside, gain=gain)
        self.grouped = convolution(inside, inside, kernel=3, groups=groups, gain=gain)
        self.reduce = convolution(inside, width, gain=0)
        self.biases = nn.ParameterList(torch.zeros(inside, 1, 1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        y = leaky_relu(self.expand(x) + self.biases[0], SLOPE)
        y = leaky_relu(self.grouped(y) + self.biases[1], SLOPE)
        return x + self.reduce(y)


class Resample(nn.Module):
    """Twice or half of the side, filtered with [1, 3, 3, 1] in both directions, and other channels if need be.

    The channels change at the smaller size.
    """

    def __init__(self, inputs: int, outputs: int, *, up: bool) -> None:
        super().__init__()
        self.up = up
        self.channels = convolution(inputs, outputs) if inputs != outputs else nn.Identity()
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.kernel = nn.Buffer(torch.outer(taps, taps)[None, None])

    def forward(self, x: Tensor) -> Tensor:
        if self.up:
            x = self.channels(x)
            y = conv_transpose2d(x.flatten(0, 1).unsqueeze(1), 4 * self.kernel, stride=2, padding=1)
            return y.reshape(*x.shape[:2], *y.shape[2:])  # (N, C, 2H, 2W)
        y = conv2d(x.flatten(0, 1).unsqueeze(1), self.kernel, stride=2, padding=1)
        return self.channels(y.reshape(*x.shape[:2], *y.shape[2:]))  # (N, C, H / 2, W / 2)


def convolution(inputs: int, outputs: int, *, kernel: int = 1, groups: int = 1, gain: float = 1) -> nn.Conv2d:
    """Without a bias, padded to keep the size."""
    return scaled(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False), gain)


def scaled(layer: Layer, gain: float = 1) -> Layer:
    """Weights from N(0, gain² / fan-in), so that outputs have gain² times the variance of the inputs."""
    nn.init.normal_(layer.weight, 0, gain / math.sqrt(layer.weight[0].numel()))
    return layer


def label_embedding(num_classes: int, dim: int, gain: float = 1) -> LabelEmbedding:
    """A vector a class, as a linear layer of one-hot labels starts."""
    made = LabelEmbedding(num_classes, dim)
    nn.init.normal_(made.weight, 0, gain / math.sqrt(num_classes))
    return made
