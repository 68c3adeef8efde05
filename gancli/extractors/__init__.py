"""Extractors: the contract, and the built-in ones, which are made from real images alone."""

from gancli.extractors.base import Extractor, as_pictures
from gancli.extractors.files import load, save
from gancli.extractors.frozen import Frozen
from gancli.extractors.parts import fixed_order, learnable, num_unlearned
from gancli.extractors.record import Record
from gancli.extractors.source import for_dataset, from_file, labelled_images_needed, without_data

__all__ = [
    "Extractor",
    "Frozen",
    "Record",
    "as_pictures",
    "fixed_order",
    "for_dataset",
    "from_file",
    "labelled_images_needed",
    "learnable",
    "load",
    "num_unlearned",
    "save",
    "without_data",
]
