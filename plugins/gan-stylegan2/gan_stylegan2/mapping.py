"""The mapping network: from noise, and a class, to a style w (Karras et al., 2019, https://arxiv.org/abs/1812.04948)."""

import torch
from torch import Tensor, nn

from gan_stylegan2.equalised import EqualisedLinear, activation
from gancli import LabelEmbedding
from gancli.architectures import normalised

LEARNING_RATE = 0.01  # of the mapping, relative to the rest


class Mapping(nn.Module):
    """w of shape (N, w_dim), from z of shape (N, latent_dim) and, for a conditional generator, the class."""

    def __init__(self, latent_dim: int, num_classes: int, w_dim: int, layers: int) -> None:
        super().__init__()
        self.label = LabelEmbedding(num_classes, latent_dim) if num_classes else None
        inputs = 2 * latent_dim if num_classes else latent_dim
        self.layers = nn.ModuleList(
            EqualisedLinear(before, w_dim, learning_rate=LEARNING_RATE) for before in [inputs, *[w_dim] * (layers - 1)]
        )

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = normalised(z)
        if self.label is not None:
            x = torch.cat([x, normalised(self.label(y))], 1)
        for layer in self.layers:
            x = activation(layer(x))
        return x
