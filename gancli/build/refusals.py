"""Refusals of what is only seen when a component computes: the shape of samples, the kind of a generator."""

import copy

import torch
from torch import nn

from gancli.build.components import refusal
from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.sampling.draw import undisturbed


def check_augmentation(recipe: Recipe, game: GAN) -> None:
    """Raises RecipeError for an augmentation that refuses samples of this shape."""
    component = recipe.plan.augmentation
    if component is None or game.augmentation is None:
        return
    try:
        game.augmentation(torch.zeros(2, *game.data.shape))
    except ValueError as error:
        raise refusal(recipe, component, error) from error


def check_regularisers(recipe: Recipe, game: GAN) -> None:
    """Raises RecipeError for a regulariser that refuses this generator."""
    if game.translates or isinstance(game.generator, nn.ModuleDict):
        return
    y = torch.zeros(2, dtype=torch.long) if game.num_classes else None
    for component in recipe.plan.regularisers:
        term = copy.deepcopy(game.regularisers[component.name])  # which may remember the call
        with undisturbed(game.generator):
            try:
                term(game.generator, game.latent.sample(2), y)
            except ValueError as error:
                raise refusal(recipe, component, error) from error
