"""Domains that are classes: a classifier that knows them says whether a translation is of the other one."""

from gancli.data import Dataset, DataSpec
from gancli.evaluation.translation_split import evaluated_examples
from gancli.extractors import Extractor, Frozen, load
from gancli.extractors.source import SHIPPED


def classifier_of_domains(dataset: Dataset) -> Frozen | None:
    """The shipped classifier that knows both domains by name, for images of its size; None if there is none.

    It has learned from training examples, so it is only for held-out ones.
    """
    source = dataset.spec.source
    if source is None or source.paired or evaluated_examples(dataset)[1]:
        return None
    for path in SHIPPED.values():
        known = load(path).record.data
        if known.shape == dataset.spec.shape and set(source.names) <= set(known.class_names):
            return load(path)
    return None


def translated_class(extractor: Extractor | None, data: DataSpec) -> int | None:
    """The number of the class that translations should have; None if the extractor does not know it."""
    if data.source is None or not isinstance(extractor, Frozen):
        return None
    known = extractor.record.data.class_names
    return known.index(data.source.names[1]) if data.source.names[1] in known else None
