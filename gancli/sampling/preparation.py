"""A picture of any size and kind, prepared as those of a training: to be translated, or to be found again."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from gancli.data.decoding import Decoded, Shape, decode, read_file, reason_of
from gancli.data.fitting import Fit
from gancli.data.scan import warnings_ignored
from gancli.errors import DataError, printable

Picture = Path | str | bytes | np.ndarray | Image.Image


def reading(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a recipe's dataset that say how pictures are read; one made of another has that one's pictures."""
    return {**options, **(options.get("of") or {})}


@dataclass(frozen=True)
class Preparation:
    """Reads pictures as a folder of images is read, each by itself.

    Args:
        shape: of the result, (C, H, W).
        fit: how a picture becomes of that height and width.
        keep_size: it keeps its own height and width instead.
        bits: that the values of a grey picture of 16 bits use.
    """

    shape: Shape
    fit: Fit = "crop"
    keep_size: bool = False
    bits: int = 16

    @classmethod
    def of(cls, shape: tuple[int, ...], read: Mapping[str, object], *, keep_size: bool = False, bits: int = 16) -> Self:
        """How pictures become of a shape (C, H, W); ``read`` are options of their dataset, which may name the bits."""
        channels, height, width = shape
        fit, written = read.get("fit"), read.get("bits")
        fitted: Fit = fit if fit in ("pad", "stretch") else "crop"
        used = written if isinstance(written, int) else bits
        return cls((channels, height, width), fitted, keep_size=keep_size, bits=used)

    def __call__(self, picture: Picture, name: str = "") -> Decoded:
        """The pixels of one picture, of shape (C, H, W), uint8.

        Args:
            picture: a file, or the bytes of one; an array of shape (H, W) or (H, W, C), uint8, or uint16 if it is grey;
                or Pillow's image.
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
        decoded = decode(raw, self.shape, fit=self.fit, ending=ending, bits=self.bits)
        if not self.keep_size:
            return decoded
        own = (self.shape[0], *decoded.sides)  # to which it is not changed
        return decode(raw, own, fit="stretch", ending=ending, bits=self.bits)


def _content(picture: Picture) -> tuple[bytes, str]:
    """The bytes of a file and its ending; of a picture in memory, a file that holds the same pixels."""
    if isinstance(picture, Path | str):
        return read_file(Path(picture)), Path(picture).suffix.lower()
    if isinstance(picture, bytes):
        return picture, ""
    content = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(content, format="PNG")
    return content.getvalue(), ".png"
