"""Augmentations of real and fake images on their way into the discriminator, one published method a file."""

from gancli.augmentations.ada import ADA
from gancli.augmentations.alike import alike
from gancli.augmentations.base import Augmentation, check_images
from gancli.augmentations.diffaugment import DiffAugment

__all__ = ["ADA", "Augmentation", "DiffAugment", "alike", "check_images"]
