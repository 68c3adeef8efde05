"""Validation of a model that translates, by held-out source images where there are enough."""

from functools import cached_property

from gancli.build import Training
from gancli.data.budget import Budget
from gancli.evaluation.catalogue import METRICS
from gancli.evaluation.translation_data import TranslationData
from gancli.evaluation.translation_split import MIN_PAIRS, MIN_UNPAIRED, evaluated_examples
from gancli.evaluation.validator import Validator
from gancli.metrics.fidelity import fidelity
from gancli.recipe import Recipe
from gancli.sampling.draw import NO_OPTIONS

NUM_TRANSLATED = Budget(most=2000, least=100)  # source images
QUICK = {name: METRICS[name] for name in ("l1", "ssim", "features", "frechet", "coverage", "agreement", "cycle")}
NOT_REPORTED = ("density",)  # of the numbers of these


class TranslationValidator(Validator):
    """Translates the same source images every time, and compares the translations with the same targets.

    Of paired data, L1 says which step is the best: it needs few pairs, and rises when the model memorises the
    training pairs. Unpaired images have no targets of their own, so it is FD. They are held out where there are enough:
    the L1 of training pairs falls to the end.

    Raises:
        RecipeError: ``train.evaluate_every`` is set, and there are too few images.
        UsageError: torch-fidelity cannot be imported.
    """

    def __init__(self, recipe: Recipe, training: Training) -> None:
        self._training, dataset = training, training.dataset
        assert dataset.spec.source is not None
        self.selection_metric = "L1" if dataset.spec.source.paired else "FD"
        least = MIN_PAIRS if dataset.spec.source.paired else MIN_UNPAIRED
        if len(dataset) < least:
            found = f"found {len(dataset)} examples to translate, expected at least {least}"
            raise recipe.error("train.evaluate_every", f"{found}; set it to 0")
        _, self.notice = evaluated_examples(dataset)
        self._half = NUM_TRANSLATED.examples(dataset.spec.shape) // 2
        self._recipe = recipe
        fidelity("fid")  # now, and not after an hour

    def prepare(self) -> None:
        _ = self._real.split  # made when first needed

    def evaluate(self) -> dict[str, float]:
        inputs = self._real.generated(self._training.gan, self._training.generator, NO_OPTIONS)(0)
        measured = [metric.measure(inputs) for metric in self._real.applied(inputs).values()]
        return {name: value for found in measured for name, value in found.items() if name not in NOT_REPORTED}

    @cached_property
    def _real(self) -> TranslationData:
        return TranslationData(self._recipe, self._training.dataset, QUICK, self._half, range(1), "")
