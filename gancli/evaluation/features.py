"""What the examples of a dataset are compared in."""

from gancli import build
from gancli.data import Dataset
from gancli.data.stacked import StackedMNIST
from gancli.errors import UsageError
from gancli.extractors import Extractor, for_dataset
from gancli.recipe import Recipe


def compared_in(recipe: Recipe, dataset: Dataset, chosen: str = "") -> Extractor | None:
    """What a dataset's images are compared in; None for points, which are compared as they are."""
    if not dataset.spec.is_image:
        if chosen:
            raise UsageError(f"--extractor: found {chosen!r}; leave it out: points are compared as they are")
        return None
    if isinstance(dataset, StackedMNIST):  # every channel is a digit
        dataset = dataset.mnist
        if not chosen:
            return for_dataset(dataset, "mnist")
    return build.extractor(recipe, dataset, chosen)
