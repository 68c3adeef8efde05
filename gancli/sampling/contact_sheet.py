"""The first few of many pictures of any size, small, in one: for a terminal."""

import numpy as np
from PIL import Image

from gancli.sampling.images import Pixels, grid

MOST = 16  # pictures
ACROSS = 2  # of them in a row
CELL = (512, 256)  # width and height in pixels that a picture is shrunk to if it is larger


class ContactSheet:
    """The first pictures that are added, each shrunk to a cell if need be, and in the middle of it."""

    def __init__(self) -> None:
        self._pictures: list[Pixels] = []

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def is_full(self) -> bool:
        return len(self) >= MOST

    def add(self, pixels: Pixels) -> None:
        """Add a picture, of shape (H, W) or (H, W, 3) like the others."""
        image = Image.fromarray(pixels)
        image.thumbnail(CELL, Image.Resampling.BOX)
        self._pictures.append(np.asarray(image))

    def pixels(self) -> Pixels:
        """All of them in one picture; raises ValueError if there are none."""
        height, width = (max(picture.shape[axis] for picture in self._pictures) for axis in (0, 1))
        cells = np.stack([_centred(picture, height, width) for picture in self._pictures])
        return grid(cells, min(ACROSS, len(cells)))


def _centred(pixels: Pixels, height: int, width: int) -> Pixels:
    top, left = (height - pixels.shape[0]) // 2, (width - pixels.shape[1]) // 2
    cell = np.zeros((height, width, *pixels.shape[2:]), np.uint8)
    cell[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return cell
