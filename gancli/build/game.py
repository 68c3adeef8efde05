"""The game of a recipe, with its networks."""

from collections.abc import Callable
from typing import Any

from gancli.build.components import blaming, make
from gancli.data import Dataset, DataSpec
from gancli.errors import printable
from gancli.models import GAN, LatentPrior
from gancli.models.base import NO_LABELS
from gancli.recipe import Recipe, ResolvedComponent

OnMade = Callable[[ResolvedComponent, Any], None]


def gan(recipe: Recipe, data: DataSpec, on_made: OnMade = lambda component, made: None) -> GAN:
    """The game with its networks, freshly initialised.

    Args:
        on_made: is given every part of the model as it is made.
    """
    plan = recipe.plan

    def part(component: ResolvedComponent) -> Any:
        made = make(recipe, component)
        if component in (*plan.penalties, *plan.regularisers):
            with blaming(component.plugin):
                made.every = component.every
        on_made(component, made)
        return made

    game: GAN = make(
        recipe,
        plan.model,
        data=data,
        architecture=part(plan.architecture),
        loss=part(plan.loss),
        penalties={penalty.name: part(penalty) for penalty in plan.penalties},
        regularisers={regulariser.name: part(regulariser) for regulariser in plan.regularisers},
        augmentation=part(plan.augmentation) if plan.augmentation else None,
        latent=LatentPrior(recipe.latent.dim, recipe.latent.prior, recipe.latent.scale),
    )
    return game


def refuse_unlabelled(recipe: Recipe, data: Dataset) -> None:
    """Raises RecipeError for a model that needs labels and data without; the model itself does not know the reason."""
    if getattr(recipe.plan.model.factory, "conditional", False) and not data.spec.num_classes:
        reason = f": {printable(data.why_unlabelled)}" if data.why_unlabelled else ""
        raise recipe.error("model", f"{NO_LABELS}{reason}; model=gan trains without them")
