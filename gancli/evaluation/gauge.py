"""A gauge on a training: how good its samples are as it goes, by what is quick to measure."""

from functools import cached_property

from gancli.build import Training
from gancli.data import Dataset, GaussianMixture
from gancli.data.base import not_finite
from gancli.data.stacked import StackedMNIST
from gancli.errors import DivergedError
from gancli.evaluation import METRICS
from gancli.evaluation.evidence import Evidence, Side
from gancli.evaluation.features import compared_in
from gancli.evaluation.split import judging, learns, side
from gancli.extractors import order
from gancli.metrics.fidelity import fidelity
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling import draw

N = 2000  # samples, and real examples to judge them by
FEWEST = 20  # of fewer, no number tells flat grey from real images
QUICK = [METRICS[name] for name in ("frechet", "coverage", "classes", "agreement", "modes", "stacked")]
SHOWN = ("FD", "coverage", "agreement", "rarest class", "modes", "high quality")  # of the numbers that these give


class Gauge:
    """Measures a training's generator as it is now, on the same noise and by the same real examples every time.

    They are read, and the extractor is loaded or made, by ``prepare``, or when first wanted. ``by`` is the number that
    says which step is the best. Looking draws nothing from torch's own random numbers.

    Raises:
        RecipeError: ``train.evaluate_every`` asks for what cannot be measured on these data.
        UsageError: torch-fidelity cannot be imported.
    """

    def __init__(self, recipe: Recipe, training: Training) -> None:
        self._recipe, self._training = recipe, training
        self.by = _decisive(recipe, training.dataset)
        if len(training.dataset) < FEWEST:
            found = f"found {len(training.dataset)} examples to judge by, expected {FEWEST} at least"
            raise recipe.error("train.evaluate_every", f"{found}; set it to 0")
        if self.by == "FD":
            fidelity("fid")  # now, and not after an hour

    def prepare(self) -> None:
        """Load or make the extractor, and read the real examples, so that no evaluation has to wait for them.

        How far it is goes to ``gancli.progress``. Raises DataError for examples that cannot be read.
        """
        self._real  # noqa: B018 - it is made when first wanted

    def read(self) -> dict[str, float]:
        """The metrics by name, ``by`` among them, of the generator that is sampled from.

        Raises DivergedError for samples that are not finite.
        """
        gan, real = self._training.gan, self._real
        labels = real.labels if gan.num_classes else None
        samples = draw.sample(gan, self._training.generator, len(real.examples), labels=labels)
        if bad := not_finite(samples):
            raise DivergedError(f"{bad:,} of {len(samples):,} samples have numbers that are not finite")
        evidence = Evidence(Side(samples, labels, real.extractor), real, real, self._training.dataset, seed=0)
        enough = [metric for metric in QUICK if metric.needs(evidence.dataset) <= len(samples)]
        measured = [metric.measure(evidence) for metric in enough if metric.applies(evidence)]
        found = {name: value for values in measured for name, value in values.items()}
        return {name: found[name] for name in SHOWN if name in found}

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value of ``by`` is better than another; any is better than None."""
        if than is None:
            return True
        return value < than if self.by == "FD" else value > than

    @cached_property
    def _real(self) -> Side:
        """Training examples that the extractor has not learned from.

        What is held out is not on every machine, and a resumed run must be judged as before.
        """
        dataset = self._training.dataset
        extractor = compared_in(self._recipe, dataset)
        unseen = judging(len(dataset), learns=learns(extractor))
        with task("reading real examples"):
            return side(dataset, order(len(dataset))[: min(N, unseen)], extractor)


def _decisive(recipe: Recipe, dataset: Dataset) -> str:
    """The number that says which step of a training is the best."""
    if isinstance(dataset, StackedMNIST):
        return "modes"
    if dataset.spec.is_image:
        return "FD"
    if isinstance(dataset, GaussianMixture) and dataset.sigma > 0:
        return "high quality"
    found = f"found the dataset {recipe.dataset.name!r}, for which there is no metric"
    raise recipe.error("train.evaluate_every", f"{found}; expected images or a mixture of Gaussians, or 0: never")
