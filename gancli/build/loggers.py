"""The loggers that a recipe names."""

from gancli.build.components import make
from gancli.loggers import Logger
from gancli.recipe import Recipe


def loggers(recipe: Recipe) -> dict[str, Logger]:
    """The loggers, by what their errors name: ``logger 'csv' of gancli 0.1.0``. Nothing is written or sent yet.

    Raises RecipeError for options that one refuses or a package that it lacks, PluginError for one that fails.
    """
    return {str(component.plugin): make(recipe, component) for component in recipe.plan.loggers}
