"""Augmentations, one published method a file."""

from gancli.augmentations.base import Augmentation

__all__ = ["Augmentation"]
