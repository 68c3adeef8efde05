"""Translating images one after the other, so that no other image changes a pixel."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from gancli.data import DataSpec
from gancli.errors import UsageError
from gancli.models import GAN, Inputs
from gancli.names import composed
from gancli.sampling.draw import NO_OPTIONS, Options, latents, sampler_of, undisturbed
from gancli.sampling.reflection import reflected
from gancli.seeds import derive_seed


class Translator:
    """A trained generator that translates one image at a time.

    Args:
        gan: the model.
        generator: its generator, or an average of it.
        data: facts about the data in the direction of the translation.
        options: of the model's sampler.
        keep_size: images have any size; each is continued by its reflection to one that the network takes, and the
            translation is cropped back.
        noise: seed of the dropout, which is then on; None: it is off.
        seed: of the noise that the model draws by itself, the same for every image.

    Raises UsageError for a model without dropout, or one that cannot keep sizes, if that is asked for.
    """

    def __init__(
        self,
        gan: GAN,
        generator: nn.Module,
        data: DataSpec,
        *,
        options: Options = NO_OPTIONS,
        keep_size: bool = False,
        noise: int | None = None,
        seed: int = 0,
    ) -> None:
        self._generator, self._noise, self._seed = generator, noise, seed
        self._dropout = [] if noise is None else _dropout_layers(generator)
        self._multiple = _size_multiple(data, generator) if keep_size else 0
        self._least = data.source.shape[1:] if data.source else ()
        self._z = latents(gan.latent, 0, 1, seed)
        with self._ready(0):
            self._sampler = sampler_of(gan, generator, options)

    @torch.no_grad()
    def __call__(self, image: Tensor, name: str = "") -> Tensor:
        """The translation of an image, on the CPU.

        Args:
            image: of shape (C, H, W), in [-1, 1].
            name: with the seed of the dropout, it says which random numbers are drawn.
        """
        height, width = image.shape[1:]
        inputs = Inputs(self._z, x=self._enlarged(image).unsqueeze(0))
        with self._ready(self._seed_of(name)):
            output = self._sampler(inputs.to(next(self._generator.parameters()).device))[0].float().cpu()
        return output[:, :height, :width] if self._multiple else output

    def _seed_of(self, name: str) -> int:
        if self._noise is None:
            return derive_seed(self._seed, "noise", 0)
        return derive_seed(self._noise, "dropout", composed(name))

    def _enlarged(self, image: Tensor) -> Tensor:
        """To multiples of what the network divides sides by, and no smaller than it was trained on."""
        if not self._multiple:
            return image
        sides = map(max, image.shape[1:], self._least)
        height, width = (-(-side // self._multiple) * self._multiple for side in sides)
        return reflected(image, height, width)

    @contextmanager
    def _ready(self, seed: int) -> Iterator[None]:
        """A context in evaluation mode, with random numbers of its own, and with dropout if it is wanted."""
        with undisturbed(self._generator, seed):
            for layer in self._dropout:
                layer.train()
            yield


def _dropout_layers(generator: nn.Module) -> list[nn.Module]:
    layers: list[nn.Module] = [layer for layer in generator.modules() if isinstance(layer, _DropoutNd) and layer.p]
    if not layers:
        raise UsageError("noise: this model's generator has no dropout, so an image has one translation; leave it out")
    return layers


def _size_multiple(data: DataSpec, generator: nn.Module) -> int:
    """The number that both sides of an image must be divisible by, for every network of a generator."""
    assert data.source is not None
    before, after = ("×".join(map(str, shape[1:])) for shape in (data.source.shape, data.shape))
    if before != after:
        raise UsageError(f"keep size: this model makes {after} pixels of {before}, so it keeps no size; leave it out")
    networks = list(generator.values()) if isinstance(generator, nn.ModuleDict) else [generator]
    multiples = [getattr(network, "size_multiple", 0) for network in networks]
    if not all(isinstance(multiple, int) and multiple > 0 for multiple in multiples):
        raise UsageError(f"keep size: this model's generator takes {before} pixels and no other size; leave it out")
    return math.lcm(*multiples)
