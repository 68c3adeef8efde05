"""The small recipes that a component may be tried in: some data, some networks, and the component in its place."""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from pydantic import ValidationError

from gancli import build, registry
from gancli.architectures.meta import without_values
from gancli.errors import GanError, PluginError, RecipeError
from gancli.models import GAN
from gancli.recipe import Recipe, from_values, read, strict_yaml
from gancli.recipe.definitions import define
from gancli.registry import Plugin

Block = dict[str, Any]  # a component and its options, as a recipe writes them

DATA: list[Block] = [
    {"name": "ring"},
    {"name": "toy-images"},
    {"name": "toy-images", "labelled": True},
    {"name": "toy-images", "channels": 3, "height": 32, "width": 32},
    {"name": "toy-images", "channels": 3, "height": 32, "width": 32, "labelled": True},
    {"name": "toy-translations"},
    {"name": "toy-translations", "side": 32},
]
MODELS = {"ring": "gan", "toy-images": "gan", "toy-translations": "toy-translation"}  # of the data
NETWORKS: list[Block] = [
    {"name": "mlp", "generator_hidden": [16], "discriminator_hidden": [16]},
    {"name": "toy-translators"},
]
REST: Block = {
    "latent": {"dim": 12},  # which many numbers of blocks divide
    "train": {"steps": 4, "batch_size": 6, "log_every": 1, "ema": 0.9},
    "device": "cpu",
    "seed": 1,
}
LISTS = {"penalty": "penalties", "regulariser": "regularisers"}
DIVISOR = 16  # of widths
REFUSE_LATE = ("augmentation", "regulariser")  # kinds that see the data and the networks only in a training


@dataclass(frozen=True)
class Host:
    """A recipe, and what came of it.

    Attributes:
        options: of the component under the check.
        size: the parameters of both networks.
        refusal: the reason why these data and networks are not accepted; empty if they are.
    """

    recipe: Recipe | None
    options: Block
    size: int = 0
    refusal: str = ""


def hosts(kind: str, plugin: Plugin, written: Block) -> list[Host]:
    """Every small recipe for a component, accepted or refused.

    Args:
        written: the options that its author asks for; if there are none, those in its package's recipes are used too.

    Raises PluginError for a component that no recipe can name.
    """
    found: list[Host] = []
    blocks = [written] if written else _options_to_try(plugin)
    data = DATA[::5] if kind == "dataset" else DATA  # whose model is the one for such data
    for options, examples, networks in itertools.product(blocks, data, _networks(kind, plugin)):
        values = _values(kind, {"name": plugin.name} | options, examples, networks)
        try:
            found.append(_tried(kind, from_values(values, "check"), options))
        except RecipeError as error:  # an option is missing, or out of range
            found.append(Host(None, options, refusal=str(error)))
        if kind not in ("model", "architecture") and found and not found[-1].refusal:
            break  # its own options change no size
    return found


def _values(kind: str, component: Block, data: Block, networks: Block) -> Block:
    model = "cgan" if data.get("labelled") else MODELS[data["name"]]
    values = {"dataset": data, "architecture": networks, "model": model, **REST}
    if kind in LISTS:
        return values | {LISTS[kind]: [component | {"every": 2}]}
    return values | {kind: component}


def _networks(kind: str, plugin: Plugin) -> list[Block]:
    """Small networks, and for the models and regularisers of a package its own architectures, which they may need."""
    if kind not in ("model", "regulariser"):
        return NETWORKS[:1] if kind == "architecture" else NETWORKS  # which it takes the place of
    beside = [other for other in registry.plugins() if other.package == plugin.package != "gancli"]
    own = [other for other in beside if other.kind == "architecture"]
    return NETWORKS + [{"name": other.name} | options for other in own for options in _options_to_try(other)]


def _options_to_try(plugin: Plugin) -> list[Block]:
    """The defaults, what the recipes of its package say, and for networks narrower ones, which are tried faster."""
    narrower = [_narrower(plugin)] if plugin.kind == "architecture" else []
    return [{}, *_options_in_recipes(plugin), *narrower]


def _narrower(plugin: Plugin) -> Block:
    """Every whole number among the defaults that is large, divided, if its annotation allows it."""
    definition, found = define(plugin.kind, plugin.name), Block()
    for name, option in definition.options.items():
        if type(option.default) is int and option.default > DIVISOR:
            with suppress(ValidationError):
                found |= definition.typed({name: option.default // DIVISOR})
    return found


def _options_in_recipes(plugin: Plugin) -> list[Block]:
    """The options that the recipes of its package give to a component; each only once."""
    found: list[Block] = []
    for other, folder in registry.recipe_folders():
        for path in sorted(folder.rglob("*.yaml")) if other.package == plugin.package else ():
            with suppress(GanError):  # a recipe that is wrong is found by another check
                values = strict_yaml.read(read(path), str(path)).values
                found += [options for options in _options(plugin, values) if options not in found]
    return found


def _options(plugin: Plugin, values: Block) -> Iterator[Block]:
    section = values.get(LISTS.get(plugin.kind, plugin.kind))
    for block in section if isinstance(section, list) else [section]:
        if isinstance(block, dict) and block.get("name") == plugin.name:
            yield {key: value for key, value in block.items() if key not in ("name", "every")}


def _tried(kind: str, recipe: Recipe, options: Block) -> Host:
    try:
        if kind in REFUSE_LATE:
            with suppress(PluginError):
                build.training(recipe)
        return Host(recipe, options, _size(recipe))
    except RecipeError as error:
        return Host(recipe, options, refusal=str(error))


def _size(recipe: Recipe) -> int:
    """The parameters of a recipe's networks, for which no memory is taken where that can be avoided.

    Raises RecipeError for data or networks that are refused.
    """
    data = build.dataset(recipe)
    build.refuse_unlabelled(recipe, data)
    try:
        with without_values():
            game: GAN = build.gan(recipe, data.spec)
    except PluginError:  # a computation that needs values: if it fails with them too, that is found by a check
        return 0
    return sum(parameter.numel() for parameter in game.parameters())


def device_of_this_machine() -> torch.device | None:
    """The first accelerator; None if there is none."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps") if torch.backends.mps.is_available() else None
