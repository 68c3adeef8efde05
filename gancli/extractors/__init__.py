"""Extractors: the contract, and the built-in ones, which are made from real images alone."""

from gancli.extractors.base import Extractor, as_pictures
from gancli.extractors.frozen import Frozen, Record, load
from gancli.extractors.parts import learnable, left_to_judge, order
from gancli.extractors.source import for_dataset, from_file, labelled_images_needed

__all__ = [
    "Extractor",
    "Frozen",
    "Record",
    "as_pictures",
    "for_dataset",
    "from_file",
    "labelled_images_needed",
    "learnable",
    "left_to_judge",
    "load",
    "order",
]
