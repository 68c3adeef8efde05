"""The third parties whose code computes a game: whom to name for what is found in a trial."""

from gancli.recipe import Recipe
from gancli.registry import Plugin


class Suspects:
    """The third parties' components of a recipe, at least one of which there must be.

    Attributes:
        model: named for what is computed.
        architecture: named for its networks.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._plan = recipe.plan
        model, architecture = recipe.plan.model.plugin, recipe.plan.architecture.plugin
        others = [component.plugin for component in recipe.plan]
        self.model = _third_party(model, architecture, *others)
        self.architecture = _third_party(architecture, model, *others)

    def of_loss(self, name: str) -> Plugin:
        """The third party that a loss comes from: the term of this name, or the loss, or the networks."""
        terms = {term.name: term.plugin for term in (*self._plan.penalties, *self._plan.regularisers)}
        return _third_party(terms.get(name), self._plan.loss.plugin, self.architecture)


def _third_party(*plugins: Plugin | None) -> Plugin:
    return next(plugin for plugin in plugins if plugin is not None and not plugin.is_ours)
