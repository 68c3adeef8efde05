"""The contract of an architecture: the networks that play the game. It knows nothing of losses."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ParamSpec

from torch import Tensor, nn

from gancli.architectures.meta import without_values
from gancli.data import DataSpec

MAX_PARAMETERS = 2**29  # 2 GiB of weights, and five times as much in training
Arguments = ParamSpec("Arguments")


class Architecture(ABC):
    """Makes the generator and the discriminator for given data.

    Either may raise ValueError to refuse data that its networks do not fit; the user sees the message beside the
    recipe's line: that of one of its options, or of ``latent.dim``, if the message begins with its name and a colon.
    """

    @abstractmethod
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        """G(z), or G(z, y) if ``num_classes`` is not 0.

        It takes ``z`` of shape (N, latent_dim) and ``y`` as ``LabelEmbedding`` does, and returns samples of shape
        (N, *data.shape): images in [-1, 1], points without bounds.
        """

    @abstractmethod
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        """D(x), or D(x, y) if ``num_classes`` is not 0.

        It takes ``x`` of shape (N, *data.shape) and returns logits of shape (N,), or of shape (N, outputs) if a model
        asks for more than one, say for a classifier on the same features.
        """


def bounded(make: Callable[Arguments, nn.Module]) -> Callable[Arguments, nn.Module]:
    """Count a network's parameters before any memory is taken for them.

    The decorated function raises ValueError for more than ``MAX_PARAMETERS``.
    """

    @functools.wraps(make)
    def make_bounded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> nn.Module:
        with without_values():
            count = sum(parameter.numel() for parameter in make(*args, **kwargs).parameters())
        if count > MAX_PARAMETERS:
            raise ValueError(f"found a network of {count:,} parameters; at most {MAX_PARAMETERS:,} are built")
        return make(*args, **kwargs)

    return make_bounded


def refuse_sources(data: DataSpec) -> None:
    """Raises ValueError for data with source images; for an architecture whose generator takes noise."""
    if data.source is not None:
        raise ValueError("this architecture draws from noise; this dataset has images to translate")


class LabelEmbedding(nn.Embedding):
    """A vector of learned numbers a class; it also takes mixtures of classes.

    ``LabelEmbedding(num_classes, embedding_dim)`` makes one. It takes ``y``, class indices of shape (N,), or class
    weights of shape (N, num_classes), which is what lets a sample turn from one class into another.
    """

    def forward(self, y: Tensor) -> Tensor:
        """The vectors of ``y``, of shape (N, embedding_dim)."""
        return y @ self.weight if y.is_floating_point() else super().forward(y)  # (N, embedding_dim)


def check_shape(x: Tensor, data: DataSpec) -> None:
    """Refuse samples of another shape: flattened silently, they would mix the samples of a batch."""
    if x.shape[1:] != data.shape:
        raise ValueError(f"the discriminator takes samples of shape {data.shape}, found {tuple(x.shape[1:])}")
