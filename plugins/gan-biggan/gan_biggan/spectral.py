"""Layers of both networks: an orthogonal start, and spectral normalisation."""

from typing import TypeVar

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

Layer = TypeVar("Layer", nn.Conv2d, nn.Linear, nn.Embedding)


def spectral(layer: Layer) -> Layer:
    """A layer with an orthogonal weight (Saxe et al., 2014, https://arxiv.org/abs/1312.6120), divided by its norm.

    The norm is the largest singular value (Miyato et al., 2018, https://arxiv.org/abs/1802.05957), estimated by one
    power iteration a forward pass in training. Its vectors are buffers, and so they are in the checkpoint.
    """
    spectral_norm(orthogonal(layer))  # it changes the layer
    return layer


def orthogonal(layer: Layer) -> Layer:
    """A layer with an orthogonal weight."""
    nn.init.orthogonal_(layer.weight)
    return layer


def convolution(inputs: int, outputs: int, kernel: int = 3, *, bias: bool = True) -> nn.Conv2d:
    """A spectrally normalised convolution that keeps the size of the maps."""
    return spectral(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias))
