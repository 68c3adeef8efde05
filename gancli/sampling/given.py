"""The images that a user of the library gives to be translated, as inputs of the network."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from gancli.data.pixel_values import values_of
from gancli.errors import UsageError
from gancli.sampling.preparation import Picture, Preparation

Given = Tensor | Picture | Sequence[Picture]


def named_inputs(given: Given, prepare: Preparation) -> Iterator[tuple[str, Tensor]]:
    """Names, and images of shape (C, H, W) in [-1, 1]; a file has its own name, and others have their number.

    Args:
        given: a tensor of shape (N, C, H, W) in [-1, 1]; one picture, or several.

    Raises UsageError for a tensor that does not fit, DataError for a picture that cannot be read.
    """
    if isinstance(given, Tensor):
        _check(given, prepare)
        yield from ((str(index), image.cpu()) for index, image in enumerate(given.float()))
        return
    for index, picture in enumerate(_pictures(given)):
        name = Path(picture).name if isinstance(picture, Path | str) else str(index)
        error_name = "" if isinstance(picture, Path | str) else f"images: number {index}"
        yield name, values_of(prepare(picture, error_name).pixels)


def _check(images: Tensor, prepare: Preparation) -> None:
    if not images.is_floating_point():
        raise UsageError(f"images: found a tensor of {images.dtype}, expected floats in [-1, 1]")
    channels, height, width = prepare.shape
    fits = images.ndim == 4 and len(images) and images.shape[1] == channels and min(images.shape) > 0
    if not fits or (images.shape[2:] != (height, width) and not prepare.keep_size):
        sides = "H, W" if prepare.keep_size else f"{height}, {width}"
        raise UsageError(f"images: found the shape {tuple(images.shape)}, expected (N, {channels}, {sides})")
    if not images.abs().max() <= 1:  # nor is it, if a number is not finite
        raise UsageError(f"images: found {images.min():.3g} to {images.max():.3g}, expected [-1, 1]")


def _pictures(given: Picture | Sequence[Picture]) -> Sequence[Picture]:
    """An array of four dimensions is many pictures, and so is one of three whose last is not that of the colours."""
    if isinstance(given, np.ndarray):
        is_one = given.ndim == 2 or (given.ndim == 3 and given.shape[-1] in (3, 4))
        given = [given] if is_one else list(given) if given.ndim in (3, 4) else []
    pictures = [given] if isinstance(given, Path | str | Image.Image) else given
    if not (isinstance(pictures, list | tuple) and pictures):
        raise UsageError(f"images: found {type(given).__name__}, expected a tensor, or pictures: files or arrays")
    for picture in pictures:
        if not isinstance(picture, Path | str | np.ndarray | Image.Image):
            raise UsageError(f"images: found {type(picture).__name__}, expected a file, an array or an image of Pillow")
    return pictures
