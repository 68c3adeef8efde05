"""Extractors: the contract, and the built-in ones, which are made from real images alone."""

from gancli.extractors.base import Extractor, as_pictures
from gancli.extractors.frozen import Frozen, Record, load
from gancli.extractors.source import for_dataset, from_file

__all__ = ["Extractor", "Frozen", "Record", "as_pictures", "for_dataset", "from_file", "load"]
