"""BigGAN's orthogonal regularisation (Brock et al., 2019, https://arxiv.org/abs/1809.11096, equation 3)."""

from collections.abc import Iterator
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvTransposeNd

from gancli.regularisers.base import Regulariser


class Orthogonal(Regulariser):
    """Different filters of one layer of the generator are made orthogonal to each other.

    The norm of a filter is left free. A column of W is a filter: the weights of one output of a linear layer or of a
    convolution. Biases, and the scales and shifts of normalisation, are not filters, and embeddings are left out.

    Formula:
        β Σ ‖WᵀW ⊙ (1 − I)‖², over the generator's layers

    Effect:
        the generator becomes smoother, and truncated noise gives better samples.

    Equilibrium:
        0, where any two filters of a layer have a product of 0.

    Args:
        weight: β.
        exclude: names of layers or parameters of the generator that are left out as well.

    Raises:
        ValueError: the generator has no layer or parameter of a name in ``exclude``.
    """

    def __init__(self, *, weight: Annotated[float, Field(ge=0)] = 1e-4, exclude: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.weight, self.exclude = weight, exclude

    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        terms = [overlap(filters) for filters in self._filters(generator)]
        return self.weight * (torch.stack(terms).sum() if terms else z.new_zeros(()))

    def _filters(self, generator: nn.Module) -> Iterator[Tensor]:
        """Every layer's filters, of shape (number of filters, weights of one)."""
        _check_names(generator, self.exclude)
        for name, parameter in generator.named_parameters():
            layer = _layer(generator, name)
            if parameter.ndim < 2 or isinstance(layer, nn.Embedding) or _is_among(name, self.exclude):
                continue
            # A transposed convolution's weight is of shape (inputs, outputs, …), that of any other of (outputs, …).
            yield (parameter.transpose(0, 1) if isinstance(layer, _ConvTransposeNd) else parameter).flatten(1)


def overlap(filters: Tensor) -> Tensor:
    """The sum of ⟨wᵢ, wⱼ⟩² over all pairs i ≠ j, for filters of shape (F, D)."""
    count, length = filters.shape
    if count <= length:
        products = filters @ filters.T  # (F, F)
        return products.square().sum() - products.diagonal().square().sum()
    # The same sum from the smaller product, of shape (D, D): a first layer may have 10,000 filters of 100 numbers.
    return (filters.T @ filters).square().sum() - filters.square().sum(1).square().sum()


def _layer(generator: nn.Module, name: str) -> nn.Module:
    """The layer of a parameter; one under spectral normalisation lies two modules below its layer."""
    return generator.get_submodule(name.partition("parametrizations.")[0].rpartition(".")[0])


def _is_among(name: str, excluded: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in excluded)


def _check_names(generator: nn.Module, excluded: tuple[str, ...]) -> None:
    names = [name for name, _ in generator.named_parameters()]
    for part in excluded:
        if not any(_is_among(name, (part,)) for name in names):
            layers = ", ".join(dict.fromkeys(name.partition(".")[0] for name in names))
            raise ValueError(f"exclude: found '{part}', which the generator does not have; it has {layers}")
