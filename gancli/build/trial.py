"""Tries a third party's networks out before there is a run."""

import torch

from gancli.build.components import blaming
from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.sampling.draw import eval_mode


def try_out(recipe: Recipe, game: GAN) -> None:
    """Let a third party's generator draw two samples, so that a wrong shape is found before there is a run.

    Raises PluginError.
    """
    made_by = [recipe.plan.architecture.plugin, recipe.plan.model.plugin]
    plugin = next((plugin for plugin in made_by if plugin and not plugin.is_ours), None)
    if plugin is None:
        return
    y = torch.arange(2) % game.num_classes if game.num_classes else None
    with blaming(plugin), torch.no_grad(), eval_mode(game.generator):
        samples, expected = game.sample_fakes(2, y), (2, *game.data.shape)
        if samples.shape != expected:
            raise TypeError(f"the generator returns samples of shape {tuple(samples.shape)}, expected {expected}")
