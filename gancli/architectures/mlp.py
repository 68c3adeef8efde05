"""Multi-layer perceptrons, as in the first GAN (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661).

Labels are embedded and joined to the input, as in the first conditional GAN (Mirza & Osindero, 2014,
https://arxiv.org/abs/1411.1784).
"""

import itertools
import math
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import linear

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape, refuse_sources
from gancli.data import DataSpec

Widths = Annotated[tuple[Annotated[int, Field(ge=1, le=65536)], ...], Field(min_length=1, max_length=32)]
Activation = Literal["relu", "leaky-relu", "maxout"]
DropoutRate = Annotated[float, Field(ge=0, lt=1)]
Bound = Annotated[float, Field(gt=0, le=100)]  # of the initial weights


class MLP(Architecture):
    """Fully connected networks for points and for images of any shape.

    Args:
        generator_hidden: the widths of the generator's hidden layers.
        discriminator_hidden: the widths of the discriminator's hidden layers.
        generator_activation: ``relu``, ``leaky-relu`` (slope 0.2) or ``maxout`` (5 pieces).
        discriminator_activation: likewise.
        generator_dropout: the probability that a hidden unit of the generator is dropped.
        discriminator_dropout: likewise for the discriminator.
        input_dropout: the probability that an input of the discriminator is dropped.
        batch_norm: batch normalisation after each of the generator's linear layers.
        generator_init: weights start uniform in ±this; by default as PyTorch does it.
        discriminator_init: likewise.
        label_dim: the length of a label's embedding.
        unit_pixels: the networks draw and see pixels in [0, 1], where black is an input of 0, and not in [-1, 1].
    """

    def __init__(
        self,
        *,
        generator_hidden: Widths = (256, 512, 1024),
        discriminator_hidden: Widths = (1024, 512, 256),
        generator_activation: Activation = "leaky-relu",
        discriminator_activation: Activation = "leaky-relu",
        generator_dropout: DropoutRate = 0.0,
        discriminator_dropout: DropoutRate = 0.0,
        input_dropout: DropoutRate = 0.0,
        batch_norm: bool = False,
        generator_init: Bound | None = None,
        discriminator_init: Bound | None = None,
        label_dim: Annotated[int, Field(ge=1, le=65536)] = 10,
        unit_pixels: bool = False,
    ) -> None:
        self.generator_hidden, self.discriminator_hidden = generator_hidden, discriminator_hidden
        self.generator_activation, self.discriminator_activation = generator_activation, discriminator_activation
        self.generator_dropout, self.discriminator_dropout = generator_dropout, discriminator_dropout
        self.input_dropout, self.batch_norm, self.label_dim = input_dropout, batch_norm, label_dim
        self.generator_init, self.discriminator_init = generator_init, discriminator_init
        self.unit_pixels = unit_pixels

    @bounded
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        refuse_sources(data)
        widths = (latent_dim + self.label_dim * bool(num_classes), *self.generator_hidden)
        layers = hidden_layers(widths, self.generator_activation, self.generator_dropout, batch_norm=self.batch_norm)
        output = nn.Linear(widths[-1], math.prod(data.shape))
        network = initialised(nn.Sequential(*layers, output), self.generator_init)
        return Generator(network, data, self._embedding(num_classes), unit_pixels=self.unit_pixels)

    @bounded
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        widths = (math.prod(data.shape) + self.label_dim * bool(num_classes), *self.discriminator_hidden)
        layers = hidden_layers(widths, self.discriminator_activation, self.discriminator_dropout)
        output = nn.Linear(widths[-1], outputs)
        network = initialised(nn.Sequential(nn.Dropout(self.input_dropout), *layers, output), self.discriminator_init)
        return Discriminator(network, data, self._embedding(num_classes), unit_pixels=self.unit_pixels)

    def _embedding(self, num_classes: int) -> LabelEmbedding | None:
        return LabelEmbedding(num_classes, self.label_dim) if num_classes else None


class Generator(nn.Module):
    """G(z), or G(z, y) with the label's embedding joined to the noise."""

    def __init__(
        self, network: nn.Module, data: DataSpec, embedding: LabelEmbedding | None, *, unit_pixels: bool
    ) -> None:
        super().__init__()
        self.embedding, self.network, self.data = embedding, network, data
        self.unit_pixels = unit_pixels

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = self.network(join(z, y, self.embedding)).unflatten(1, self.data.shape)  # (N, *shape)
        if not self.data.is_image:
            return x  # points have no bounds
        return (x / 2 if self.unit_pixels else x).tanh()  # tanh(x / 2) is 2 σ(x) − 1


class Discriminator(nn.Module):
    """D(x), or D(x, y) with the label's embedding joined to the pixels."""

    def __init__(
        self, network: nn.Module, data: DataSpec, embedding: LabelEmbedding | None, *, unit_pixels: bool
    ) -> None:
        super().__init__()
        self.embedding, self.network, self.data = embedding, network, data
        self.unit_pixels = unit_pixels and data.is_image

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        x = (x + 1) / 2 if self.unit_pixels else x
        return self.network(join(x.flatten(1), y, self.embedding)).squeeze(1)  # (N,), or (N, outputs)


def join(x: Tensor, y: Tensor | None, embedding: LabelEmbedding | None) -> Tensor:
    """``x`` of shape (N, D) and its label's embedding, side by side."""
    return x if embedding is None else torch.cat([x, embedding(y)], dim=1)


def hidden_layers(
    widths: tuple[int, ...], activation: Activation, dropout: float, *, batch_norm: bool = False
) -> list[nn.Module]:
    """Linear layers from each width to the next, each with normalisation, activation and dropout as asked."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers.append(Maxout(inputs, outputs) if activation == "maxout" else nn.Linear(inputs, outputs))
        layers += [nn.BatchNorm1d(outputs)] if batch_norm else []
        if activation != "maxout":
            layers.append(nn.ReLU() if activation == "relu" else nn.LeakyReLU(0.2))
        layers += [nn.Dropout(dropout)] if dropout else []
    return layers


def initialised(network: nn.Sequential, init: float | None) -> nn.Sequential:
    """Weights uniform in ±``init`` and biases 0, unless ``init`` is None."""
    for module in network.modules():
        if init is not None and isinstance(module, nn.Linear):
            nn.init.uniform_(module.weight, -init, init)
            nn.init.zeros_(module.bias)
    return network


class Maxout(nn.Module):
    """The largest of five linear functions a unit (Goodfellow et al., 2013, https://arxiv.org/abs/1302.4389).

    As in the paper, the norm of each function's weights is bounded, without which large learning rates diverge.
    """

    def __init__(self, inputs: int, outputs: int, pieces: int = 5, max_norm: float = 1.9365) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, outputs * pieces)
        self.shape, self.max_norm = (outputs, pieces), max_norm

    def forward(self, x: Tensor) -> Tensor:
        weight = self.linear.weight.renorm(2, 0, self.max_norm)
        return linear(x, weight, self.linear.bias).unflatten(1, self.shape).amax(dim=2)  # (N, outputs)
