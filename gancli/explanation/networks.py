"""The networks of a game, layer by layer: names, kinds, shapes of their outputs, parameters."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from gancli import build
from gancli.architectures.meta import without_values
from gancli.data import DataSpec
from gancli.errors import GanError
from gancli.models import GAN
from gancli.recipe import PLAYERS, Recipe, from_values

EXAMPLES = 2  # that go through: BatchNorm needs as many
LARGE = 5_000_000  # parameters, from which on no values are made; below, it is faster to compute with them
BARE = ["augmentation=none", "penalties=[]", "regularisers=[]"]  # a trace needs the networks and the game alone


@dataclass(frozen=True)
class Layer:
    """One layer, or a part of a network that has parameters of its own."""

    name: str  # dotted, in the network
    kind: str  # ``Conv2d 3×3, stride 2``
    shape: tuple[int, ...] | None  # of its output for one sample; None: it is not called as a layer
    parameters: int
    normalisation: str  # ``BatchNorm2d``, ``spectral norm``; empty if there is none


@dataclass(frozen=True)
class Networks:
    """Both players' layers, in the order in which they are called, and the names of their losses."""

    layers: dict[str, list[Layer]]  # by player
    losses: dict[str, list[str]]  # by player, without those of penalties and regularisers

    def parameters(self, player: str) -> int:
        """The number of a player's parameters."""
        return sum(layer.parameters for layer in self.layers[player])


def traced(recipe: Recipe, data: DataSpec) -> Networks:
    """The networks that a recipe makes for data, by the losses of one step of both players.

    Raises RecipeError for what does not fit together, and PluginError.
    """
    bare = from_values(recipe.values(), recipe.name, BARE)
    with suppress(GanError, RuntimeError, NotImplementedError), without_values():  # a third party may need values
        game = build.gan(bare, data)
        if sum(parameter.numel() for parameter in game.parameters()) > LARGE:
            return _traced(game)
    with torch.random.fork_rng(devices=[]):
        return _traced(build.gan(bare, data))


def _traced(game: GAN) -> Networks:
    shapes: dict[nn.Module, tuple[int, ...] | None] = {}
    with ExitStack() as stack:
        for player in PLAYERS:
            for _, layer in _layers(getattr(game, player)):
                stack.callback(layer.register_forward_hook(partial(_remember, shapes)).remove)
        batch = _batch(game)
        losses = {"discriminator": list(game.discriminator_losses(batch))}
        losses["generator"] = list(game.generator_losses(batch))
    return Networks({player: _described(getattr(game, player), shapes) for player in PLAYERS}, losses)


def _remember(shapes: dict[nn.Module, Any], layer: nn.Module, _: Any, output: Any) -> None:
    """A forward hook: the shape of the first output, without the number of samples."""
    shapes.setdefault(layer, tuple(output.shape[1:]) if isinstance(output, Tensor) else None)


def _batch(game: GAN) -> tuple[Tensor, ...]:
    """A minibatch of nothing in particular, on the device of the networks."""
    device = next(game.generator.parameters()).device
    x = torch.zeros(EXAMPLES, *game.data.shape, device=device)
    if game.data.source is not None:
        return x, torch.zeros(EXAMPLES, *game.data.source.shape, device=device)
    if game.data.num_classes:
        return x, torch.zeros(EXAMPLES, dtype=torch.long, device=device)
    return (x,)


def _layers(network: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The layers: what has no parts, or parameters of its own beside them; a parametrised layer is a whole."""
    parts = list(network.named_children())
    if parametrize.is_parametrized(network) or not parts:
        yield prefix, network
        return
    if next(network.parameters(recurse=False), None) is not None:
        yield prefix, network
    for name, part in parts:
        yield from _layers(part, f"{prefix}.{name}" if prefix else name)


def _described(player: nn.Module, shapes: dict[nn.Module, tuple[int, ...] | None]) -> list[Layer]:
    """A player's layers as they are called; those that are not called come last, if they have parameters."""
    names = {layer: name for name, layer in _layers(player)}
    called = [layer for layer in shapes if layer in names]
    others = [layer for layer in names if layer not in shapes and _own_parameters(layer)]
    return [_layer(names[layer], layer, shapes.get(layer)) for layer in (*called, *others)]


def _layer(name: str, layer: nn.Module, shape: tuple[int, ...] | None) -> Layer:
    return Layer(name, _kind(layer), shape, _own_parameters(layer), _normalisation(layer))


def _own_parameters(layer: nn.Module) -> int:
    """The number of parameters, without those of parts that are layers themselves."""
    is_whole = parametrize.is_parametrized(layer)
    return sum(parameter.numel() for parameter in layer.parameters(recurse=is_whole))


def _kind(layer: nn.Module) -> str:
    """The class, and what of a convolution changes the shape."""
    name = type(layer).__name__.removeprefix("Parametrized")
    size, stride = getattr(layer, "kernel_size", None), getattr(layer, "stride", None)
    if not isinstance(size, tuple):
        return name
    words = [f"{name} {'×'.join(map(str, size))}"]
    if isinstance(stride, tuple) and set(stride) != {1}:
        words.append(f"stride {stride[0] if len(set(stride)) == 1 else '×'.join(map(str, stride))}")
    return ", ".join(words)


def _normalisation(layer: nn.Module) -> str:
    """The norm of a layer's weights, or its own name if it normalises; empty if neither."""
    if parametrize.is_parametrized(layer):
        kinds = [type(part).__name__ for parts in layer.parametrizations.values() for part in parts]  # type: ignore[operator]
        if any("Spectral" in kind for kind in kinds):
            return "spectral norm"
    name = type(layer).__name__
    return name if "Norm" in name else ""
