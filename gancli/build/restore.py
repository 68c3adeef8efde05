"""From a checkpoint to objects."""

from contextlib import suppress

import torch
from torch import Tensor, nn

from gancli import registry
from gancli.architectures.meta import without_values
from gancli.build.game import gan
from gancli.errors import CheckpointError, PluginError, RecipeError
from gancli.models import GAN
from gancli.recipe import PLAYERS, Recipe, from_values
from gancli.storage.checkpoint import Checkpoint, State, form
from gancli.storage.header import one_line
from gancli.training.device import place


def from_checkpoint(checkpoint: Checkpoint, device: torch.device) -> tuple[GAN, nn.Module]:
    """The game of a checkpoint, and its generator with the averaged weights if it has any.

    Raises CheckpointError if the tensors do not fit the networks that the checkpoint's recipe names, PluginError if a
    package that it needs is not installed.
    """
    recipe = recipe_of(checkpoint)
    game = gan(recipe, checkpoint.data)
    load_network(game.generator, checkpoint, drawing_part(recipe))
    load_own_state(game, checkpoint)
    place(game, device)
    return game, game.generator


def drawing_part(recipe: Recipe) -> str:
    """The part of a checkpoint that samples are drawn with: the average, if the training keeps one."""
    return "ema" if recipe.train.ema else "generator"


def recipe_of(checkpoint: Checkpoint) -> Recipe:
    """The recipe of a checkpoint, after a check that its networks are those whose weights were saved.

    Raises CheckpointError if they are not, PluginError if a package that it needs is not installed.
    """
    for package, version in checkpoint.plugins.items():
        if package not in {plugin.package for plugin in registry.installed()}:
            needs = f"{checkpoint.file}: needs the package {package} (it was {version})"
            raise PluginError(f"{needs}; pip install {package}")
    try:
        recipe = from_values(checkpoint.recipe, checkpoint.name)
        # No memory is taken for what a stranger's file asks for. What a plugin cannot make so is checked at loading.
        with without_values(), suppress(PluginError):
            for part, state in _expected(gan(recipe, checkpoint.data), recipe, checkpoint).items():
                _check_fits(state, checkpoint, part)
    except (RecipeError, RuntimeError, OverflowError) as error:
        problems = error.problems if isinstance(error, RecipeError) else (str(error),)
        shown = "\n  ".join(map(one_line, problems[:10]))
        raise CheckpointError(f"{checkpoint.file}: its recipe cannot be used:\n  {shown}") from None
    return recipe


def load_network(network: nn.Module, checkpoint: Checkpoint, part: str) -> None:
    """Put a checkpoint's tensors into a network.

    Raises CheckpointError, with the keys and shapes that do not fit, before a weight is changed.
    """
    _check_fits(network.state_dict(), checkpoint, part)
    network.load_state_dict(checkpoint.part(part))


def load_own_state(game: GAN, checkpoint: Checkpoint) -> None:
    """Put back the parameters and buffers of a model that belong to no player: of its losses, penalties, ….

    Raises CheckpointError, with the keys and shapes that do not fit, before one is changed.
    """
    _check_fits(_own_state(game, checkpoint), checkpoint, "model")
    game.load_state_dict(checkpoint.part("model"), strict=False)  # the players are loaded by themselves


def _expected(game: GAN, recipe: Recipe, checkpoint: Checkpoint) -> dict[str, State]:
    """The tensors of every part that must be there, and no others."""
    network = game.generator.state_dict()
    expected = {"ema": network if recipe.train.ema else {}, "model": _own_state(game, checkpoint)}
    if checkpoint.generator_only:
        return expected | {"generator": {} if recipe.train.ema else network, "discriminator": {}}
    return expected | {player: getattr(game, player).state_dict() for player in PLAYERS}


def _own_state(game: GAN, checkpoint: Checkpoint) -> State:
    return game.sampling_state() if checkpoint.generator_only else game.own_state()


def _check_fits(expected: dict[str, Tensor], checkpoint: Checkpoint, part: str) -> None:
    if wrong := misfits(expected, checkpoint.part(part), part):
        shown = "\n  ".join(sorted(wrong)[:10])
        raise CheckpointError(f"{checkpoint.file}: its tensors do not fit its own recipe:\n  {shown}")


def misfits(expected: dict[str, Tensor], found: dict[str, Tensor], part: str) -> list[str]:
    """What is missing, not expected, or of another type or shape; empty if the tensors fit."""
    wrong = [f"{part}.{key} is missing" for key in expected.keys() - found.keys()]
    wrong += [f"{part}.{key} is not expected" for key in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        if expected[key].shape != found[key].shape or expected[key].dtype != found[key].dtype:
            wrong.append(f"{part}.{key} is {form(found[key])}, expected {form(expected[key])}")
    return wrong
