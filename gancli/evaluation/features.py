"""What the examples of a dataset are compared in."""

from collections.abc import Callable

from gancli import build
from gancli.data import Dataset
from gancli.data.stacked import StackedMNIST
from gancli.errors import UsageError
from gancli.extractors import Extractor, for_dataset
from gancli.recipe import Recipe

Progress = Callable[[str], None]  # is told what is done now


def compared_in(
    recipe: Recipe, dataset: Dataset, chosen: str = "", tell: Progress = lambda doing: None
) -> Extractor | None:
    """What a dataset's images are compared in; None for points, which are compared as they are."""
    if not dataset.spec.is_image:
        if chosen:
            raise UsageError(f"--extractor: found {chosen!r}; leave it out: points are compared as they are")
        return None
    if isinstance(dataset, StackedMNIST):  # every channel is a digit
        dataset = dataset.mnist
        if not chosen:
            return for_dataset(dataset, "mnist")
    tell("reading or making an extractor")
    return build.extractor(recipe, dataset, chosen, progress=lambda share: tell(f"making an extractor, {share:.0%}"))
