"""The validator of a training."""

from gancli.build import Training
from gancli.evaluation.translation_validator import TranslationValidator
from gancli.evaluation.validator import Validator
from gancli.recipe import Recipe


def validator_for(recipe: Recipe, training: Training) -> Validator:
    """The validator that fits the data of a training.

    Raises RecipeError if nothing can be measured on them, UsageError if torch-fidelity cannot be imported.
    """
    if training.dataset.spec.source is not None:
        return TranslationValidator(recipe, training)
    return Validator(recipe, training)
