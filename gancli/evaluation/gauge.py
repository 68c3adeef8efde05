"""A gauge on a training: how good its samples are as it goes, by what is quick to measure."""

from functools import cached_property

from gancli import progress, sampling
from gancli.build import Training
from gancli.data import Dataset, GaussianMixture
from gancli.data.base import not_finite
from gancli.data.stacked import StackedMNIST
from gancli.errors import DivergedError
from gancli.evaluation import METRICS
from gancli.evaluation.evidence import Evidence, Side, shuffled, side
from gancli.evaluation.judge import compared_in
from gancli.metrics.fidelity import fidelity
from gancli.recipe import Recipe

N = 2000  # samples, and real examples to judge them by
FEWEST = 6  # coverage looks at the five nearest of the others
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
        self._n = min(N, len(training.dataset) // 2)
        if self._n < FEWEST:
            found = f"found {len(training.dataset)} examples to judge by, expected {2 * FEWEST} at least"
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
        samples = sampling.sample(gan, self._training.generator, self._n, labels=labels)
        if bad := not_finite(samples):
            raise DivergedError(f"{bad:,} of {len(samples):,} samples have numbers that are not finite")
        evidence = Evidence(Side(samples, labels, real.extractor), real, real, self._training.dataset, seed=0)
        measured = [it.measure(evidence) for it in QUICK if it.applies(evidence)]
        found = {name: value for values in measured for name, value in values.items()}
        return {name: found[name] for name in SHOWN if name in found}

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value of ``by`` is better than another; any is better than None."""
        if than is None:
            return True
        return value < than if self.by == "FD" else value > than

    @cached_property
    def _real(self) -> Side:
        """Training examples: what is held out is not on every machine, and a resumed run must be judged as before."""
        dataset = self._training.dataset
        extractor = compared_in(self._recipe, dataset)
        with progress.task("reading real examples"):
            return side(dataset, shuffled(dataset)[: self._n], extractor)


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
