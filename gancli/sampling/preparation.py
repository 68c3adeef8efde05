"""A picture of any size and kind, prepared as those of a training: to be translated, or to be found again."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from gancli.data.decoding import Decoded, Shape, decode, read_file, reason_of
from gancli.data.fitting import Fit
from gancli.data.scan import warnings_ignored
from gancli.errors import DataError, printable

Picture = Path | str | np.ndarray | Image.Image


@dataclass(frozen=True)
class Preparation:
    """Reads pictures as a folder of images is read, each by itself.

    Args:
        shape: of the result, (C, H, W).
        fit: how a picture becomes of that height and width.
        keep_size: it keeps its own height and width instead.
    """

    shape: Shape
    fit: Fit = "crop"
    keep_size: bool = False

    @classmethod
    def of(cls, shape: tuple[int, ...], fit: object = None, *, keep_size: bool = False) -> Self:
        """How pictures become of a shape (C, H, W); ``fit`` is what a recipe has under that name."""
        channels, height, width = shape
        return cls((channels, height, width), fit if fit in ("pad", "stretch") else "crop", keep_size=keep_size)

    def __call__(self, picture: Picture, name: str = "") -> Decoded:
        """The pixels of one picture, of shape (C, H, W), uint8.

        Args:
            picture: a file; an array of shape (H, W) or (H, W, C), uint8, or uint16 if it is grey; or Pillow's image.
            name: in the error; by default that of the file.

        Raises DataError for one that cannot be read.
        """
        try:
            raw, ending = _content(picture)
            with warnings_ignored():
                return self._decoded(raw, ending)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            raise DataError(f"{printable(name or str(picture))}: {printable(reason_of(error))}") from None

    def _decoded(self, raw: bytes, ending: str) -> Decoded:
        decoded = decode(raw, self.shape, fit=self.fit, ending=ending)
        if not self.keep_size:
            return decoded
        return decode(raw, (self.shape[0], *decoded.sides), fit="stretch", ending=ending)  # to its own size: unchanged


def _content(picture: Picture) -> tuple[bytes, str]:
    """The bytes of a file and its ending; of a picture in memory, a file that holds the same pixels."""
    if isinstance(picture, Path | str):
        return read_file(Path(picture)), Path(picture).suffix.lower()
    content = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(content, format="PNG")
    return content.getvalue(), ".png"
