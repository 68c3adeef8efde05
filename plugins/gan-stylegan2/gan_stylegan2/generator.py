"""The generator: a mapping network, a synthesis network, and the average style."""

from typing import Any

import torch
from torch import Tensor, nn

from gan_stylegan2.mapping import Mapping
from gan_stylegan2.synthesis import Synthesis

DECAY = 0.998  # of the average style, a batch


class Generator(nn.Module):
    """G(z) = synthesis(mapping(z)), or G(z, y); ``average`` is the mean style of the training, of shape (w_dim,)."""

    def __init__(
        self,
        latent_dim: int,
        num_classes: int,
        w_dim: int,
        mapping_layers: int,
        mapping_learning_rate: float,
        **synthesis: Any,
    ) -> None:
        super().__init__()
        self.synthesis = Synthesis(w_dim=w_dim, **synthesis)
        self.mapping = Mapping(
            latent_dim, num_classes, w_dim, mapping_layers, self.synthesis.num_layers, mapping_learning_rate
        )
        self.average = nn.Buffer(torch.zeros(w_dim))

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.synthesis(self.styles(z, y))

    def styles(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """w of shape (N, layers, w_dim); in training, the average moves towards their mean."""
        w = self.mapping(z, y)
        if self.training:
            self.average.lerp_(w[:, 0].detach().float().mean(0), 1 - DECAY)
        return w

    def truncated(self, w: Tensor, truncation: float) -> Tensor:
        """Images of styles that are moved towards the average, of which ``truncation`` of the way is left.

        Args:
            w: of shape (N, layers, w_dim).
            truncation: 0 draws one image, 1 all of them.
        """
        return self.synthesis(self.average.lerp(w, truncation))


def mixed(w: Tensor, other: Tensor, share: float) -> Tensor:
    """Styles of which, in ``share`` of the samples, those from a random layer on are of ``other``.

    All are of shape (N, layers, w_dim).
    """
    layers = w.shape[1]
    first = torch.randint(1, layers, (len(w), 1), device=w.device)
    first = torch.where(torch.rand(len(w), 1, device=w.device) < share, first, layers)
    is_other = torch.arange(layers, device=w.device) >= first  # (N, layers)
    return torch.where(is_other[:, :, None], other, w)
