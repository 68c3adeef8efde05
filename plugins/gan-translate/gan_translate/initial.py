"""The initial weights of both papers."""

from typing import TypeVar

from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def initialised(network: Network) -> Network:
    """The network with weights from N(0, 0.02²) and biases of 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network
