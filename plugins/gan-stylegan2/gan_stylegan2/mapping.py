"""The mapping network: from noise, and a class, to styles w (Karras et al., 2019, https://arxiv.org/abs/1812.04948)."""

import torch
from torch import Tensor, nn

from gan_stylegan2.equalised import EqualisedLinear, activation
from gancli import LabelEmbedding
from gancli.architectures import normalised


class Mapping(nn.Module):
    """w of shape (N, ``styles``, w_dim), from z of shape (N, latent_dim) and, for a conditional generator, the class.

    It is the same w ``styles`` times, once for every layer of the synthesis network, as the path length needs: what
    one layer's style changes is then known apart from the others.

    Args:
        learning_rate: how fast it learns, relative to the rest.
    """

    def __init__(
        self, latent_dim: int, num_classes: int, w_dim: int, layers: int, styles: int, learning_rate: float
    ) -> None:
        super().__init__()
        self.styles = styles
        self.label = LabelEmbedding(num_classes, latent_dim) if num_classes else None
        inputs = 2 * latent_dim if num_classes else latent_dim
        self.layers = nn.ModuleList(
            EqualisedLinear(before, w_dim, learning_rate=learning_rate) for before in [inputs, *[w_dim] * (layers - 1)]
        )

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = normalised(z)
        if self.label is not None:
            x = torch.cat([x, normalised(self.label(y))], 1)
        for layer in self.layers:
            x = activation(layer(x))
        return x[:, None].expand(-1, self.styles, -1)
