"""The game of a recipe, with its networks."""

from typing import Any

from gancli.build.components import blaming, make
from gancli.data import Dataset, DataSpec
from gancli.errors import printable
from gancli.models import GAN, LatentPrior
from gancli.models.base import NO_LABELS
from gancli.recipe import Recipe, ResolvedComponent


def gan(recipe: Recipe, data: DataSpec) -> GAN:
    """The game with its networks, freshly initialised."""
    plan = recipe.plan
    made: GAN = make(
        recipe,
        plan.model,
        data=data,
        architecture=make(recipe, plan.architecture),
        loss=make(recipe, plan.loss),
        penalties={penalty.name: _term(recipe, penalty) for penalty in plan.penalties},
        regularisers={regulariser.name: _term(recipe, regulariser) for regulariser in plan.regularisers},
        augmentation=make(recipe, plan.augmentation) if plan.augmentation else None,
        latent=LatentPrior(recipe.latent.dim, recipe.latent.prior, recipe.latent.scale),
    )
    return made


def _term(recipe: Recipe, component: ResolvedComponent) -> Any:
    """A penalty or a regulariser, due at every n-th step."""
    term = make(recipe, component)
    with blaming(component.plugin):
        term.every = component.every
    return term


def refuse_unlabelled(recipe: Recipe, data: Dataset) -> None:
    """Raises RecipeError for a model that needs labels and data without; the model itself does not know the reason."""
    if getattr(recipe.plan.model.factory, "conditional", False) and not data.spec.num_classes:
        reason = f": {printable(data.why_unlabelled)}" if data.why_unlabelled else ""
        raise recipe.error("model", f"{NO_LABELS}{reason}; model=gan trains without them")
