"""A recipe: one YAML file that names everything a training needs.

Reading one reports every problem at once, each with the place where it was written: unknown keys, wrong types, values
out of range, names that no package provides, and options that the named component does not take.
"""

from gancli.recipe.files import from_values, listed_recipes, load, locate, read
from gancli.recipe.plan import Plan, ResolvedComponent, ResolvedOptimizer
from gancli.recipe.schema import PLAYERS, Component, Latent, Optimizer, Ramp, Recipe, Section, Term, Train

__all__ = [
    "PLAYERS",
    "Component",
    "Latent",
    "Optimizer",
    "Plan",
    "Ramp",
    "Recipe",
    "ResolvedComponent",
    "ResolvedOptimizer",
    "Section",
    "Term",
    "Train",
    "from_values",
    "listed_recipes",
    "load",
    "locate",
    "read",
]
