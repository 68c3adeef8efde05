"""Equalised learning rate (Karras et al., 2018, section 4.1, https://arxiv.org/abs/1710.10196).

Weights start with a variance of 1, and are scaled when they are used; so a step of Adam changes every layer as much.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, leaky_relu, linear


class EqualisedLinear(nn.Module):
    """A linear layer whose outputs have a variance of 1 for inputs that have it.

    Args:
        inputs: their number.
        outputs: their number.
        bias: the initial value of every bias.
        learning_rate: how fast it learns, relative to other layers.
    """

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, learning_rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        nn.init.normal_(self.weight, 0, 1 / learning_rate)
        self.bias = nn.Parameter(torch.empty(outputs))
        nn.init.constant_(self.bias, bias / learning_rate)
        self.scale, self.learning_rate = learning_rate / math.sqrt(inputs), learning_rate

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight * self.scale, self.bias * self.learning_rate)


class EqualisedConv2d(nn.Module):
    """A convolution that keeps the size of the image and, like ``EqualisedLinear``, the variance."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.normal_(self.weight)
        self.bias = nn.Parameter(torch.empty(outputs)) if bias else None
        if self.bias is not None:
            nn.init.zeros_(self.bias)
        self.scale, self.padding = 1 / math.sqrt(inputs * kernel**2), kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


def activation(x: Tensor) -> Tensor:
    """The leaky ReLU, scaled so that it keeps the variance."""
    return leaky_relu(x, 0.2) * math.sqrt(2)
