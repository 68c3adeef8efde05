"""``train.patience``: a training ends after so many evaluations in a row that were not better than the best."""

from gancli.monitoring import BestEvaluation
from gancli.recipe import Recipe


def is_spent(recipe: Recipe, best: BestEvaluation | None) -> bool:
    """Whether the training ends here; never before there is a best evaluation."""
    return best is not None and 0 < recipe.train.patience <= best.unimproved


def reason(best: BestEvaluation) -> str:
    """Why it ends, in words."""
    evaluations = "evaluation was" if best.unimproved == 1 else f"{best.unimproved:,} evaluations were"
    return f"the last {evaluations} not better than {best.name} {best.value:.3g} of step {best.step:,} (train.patience)"
