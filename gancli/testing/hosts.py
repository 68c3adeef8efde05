"""The small recipes that a component may be tried in: some data, some networks, and the component in its place."""

import itertools
from contextlib import suppress
from dataclasses import dataclass

from gancli import build, registry
from gancli.architectures.meta import without_values
from gancli.errors import PluginError, RecipeError
from gancli.models import GAN
from gancli.recipe import Recipe, from_values
from gancli.recipe.components import LISTS
from gancli.recipe.definitions import TERM_KEYS
from gancli.registry import Plugin
from gancli.testing.options import Block, options_to_try

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
    blocks = [written] if written else options_to_try(plugin)
    data = DATA[::5] if kind == "dataset" else DATA  # whose model is the one for such data
    for options, examples, networks in itertools.product(blocks, data, _networks(kind, plugin)):
        values = _values(kind, {"name": registry.name_in_recipes(plugin)} | options, examples, networks)
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
        lazy = {"every": 2} if kind in TERM_KEYS else {}
        return values | {LISTS[kind]: [component | lazy]}
    return values | {kind: component}


def _networks(kind: str, plugin: Plugin) -> list[Block]:
    """Small networks, and for the models and regularisers of a package its own architectures, which they may need."""
    if kind not in ("model", "regulariser"):
        return NETWORKS[:1] if kind == "architecture" else NETWORKS  # which it takes the place of
    beside = [other for other in registry.plugins() if other.package == plugin.package != "gancli"]
    own = [other for other in beside if other.kind == "architecture"]
    return NETWORKS + [
        {"name": registry.name_in_recipes(other)} | options for other in own for options in options_to_try(other)
    ]


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
