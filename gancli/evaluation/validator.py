"""Validation during a training: the quality of its samples, by metrics that are quick to compute."""

from functools import cached_property

from gancli.build import Training
from gancli.data import Dataset
from gancli.data.budget import Budget
from gancli.evaluation.catalogue import METRICS
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.feature_extractor import feature_extractor
from gancli.evaluation.generated import draw_samples
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.interpretation import BETTER, LESS
from gancli.evaluation.metric import has_modes
from gancli.evaluation.split import learns, num_for_evaluation, read_examples
from gancli.extractors import fixed_order
from gancli.metrics.fidelity import fidelity
from gancli.progress import task
from gancli.recipe import Recipe

NUM_VALIDATED = Budget(most=2000, least=500)  # and as many real examples
MIN_VALIDATED = 20  # of fewer, the numbers of flat grey are like those of real images
QUICK = [METRICS[name] for name in ("frechet", "coverage", "classes", "agreement", "modes", "stacked")]
REPORTED = ("FD", "coverage", "agreement", "rarest class", "modes", "high quality")  # of the numbers of these


class Validator:
    """Measures a training's generator as it is now, with the same noise and the same real examples every time.

    The real examples are read, and the extractor is loaded or made, by ``prepare``, or when first needed.
    ``selection_metric`` is the number that says which step is the best, ``notice`` what a user must know of the
    examples. Validating draws nothing from torch's own random numbers.

    Raises:
        RecipeError: ``train.evaluate_every`` is set, and nothing can be measured on these data.
        UsageError: torch-fidelity cannot be imported.
    """

    notice: str = ""

    def __init__(self, recipe: Recipe, training: Training) -> None:
        self._recipe, self._training = recipe, training
        self.selection_metric = _selection_metric(recipe, training.dataset)
        if len(training.dataset) < MIN_VALIDATED:
            found = f"found {len(training.dataset)} examples to compare with, expected at least {MIN_VALIDATED}"
            raise recipe.error("train.evaluate_every", f"{found}; set it to 0")
        if self.selection_metric == "FD":
            fidelity("fid")  # now, and not after an hour

    def prepare(self) -> None:
        """Load or make the extractor, and read the real examples, so that no evaluation has to wait for them.

        Progress is reported to ``gancli.progress``. Raises DataError for examples that cannot be read.
        """
        _ = self._examples  # made when first needed

    def evaluate(self) -> dict[str, float]:
        """The metrics by name, ``selection_metric`` among them, of the generator that is sampled from.

        Raises DivergedError for samples that are not finite.
        """
        training, real = self._training, self._examples
        generated = draw_samples(training.gan, training.generator, like=real)
        inputs = EvaluationInputs(generated, real, real, training.dataset)
        enough = [metric for metric in QUICK if metric.needs(inputs.dataset) <= len(generated)]
        measured = [metric.measure(inputs) for metric in enough if metric.applies(inputs)]
        found = {name: value for values in measured for name, value in values.items()}
        return {name: found[name] for name in REPORTED if name in found}

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value of ``selection_metric`` is better than another; any is better than None."""
        if than is None:
            return True
        return value < than if BETTER[self.selection_metric] == LESS else value > than

    @cached_property
    def _examples(self) -> ExampleSet:
        """Training examples that the extractor has not learned from.

        Held-out examples are not on every machine, and a resumed run must be evaluated as before.
        """
        dataset = self._training.dataset
        extractor = feature_extractor(self._recipe, dataset)
        most = min(
            NUM_VALIDATED.examples(dataset.spec.shape), num_for_evaluation(len(dataset), learns=learns(extractor))
        )
        with task("reading real examples"):
            return read_examples(dataset, fixed_order(len(dataset))[:most], extractor)


def _selection_metric(recipe: Recipe, dataset: Dataset) -> str:
    """The number that says which step of a training is the best."""
    if dataset.channels is not None:
        return "modes"
    if dataset.spec.is_image:
        return "FD"
    if has_modes(dataset):
        return "high quality"
    found = f"found the dataset {recipe.dataset.name!r}, for which there is no metric"
    raise recipe.error("train.evaluate_every", f"{found}; expected images or a mixture of Gaussians, or 0: never")
