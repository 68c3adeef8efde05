"""The extractor whose features the examples of a dataset are compared in."""

from gancli import build
from gancli.data import Dataset
from gancli.errors import UsageError
from gancli.evaluation.domain_classes import classifier_of_domains
from gancli.extractors import Extractor, for_dataset
from gancli.extractors.source import shipped_for
from gancli.recipe import Recipe


def feature_extractor(recipe: Recipe, dataset: Dataset, chosen: str = "") -> Extractor | None:
    """The extractor for a dataset's images; None for points, which are compared as they are.

    Raises UsageError if one is chosen for points.
    """
    if not dataset.spec.is_image:
        if chosen:
            raise UsageError(f"--extractor: found {chosen!r}; leave it out: points are compared as they are")
        return None
    if dataset.channels is not None:
        dataset = dataset.channels
        if not chosen:
            return for_dataset(dataset, shipped_for(dataset.spec))
    if not chosen and (classifier := classifier_of_domains(dataset)) is not None:
        return classifier
    return build.extractor(recipe, dataset, chosen)
