"""Images that are read from their files when asked for."""

import hashlib
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from gancli.data.decoding import reason_of
from gancli.data.facts import Column
from gancli.data.frames import Frame
from gancli.data.image_bytes import ImageBytes
from gancli.data.scan import decode_named, warnings_ignored
from gancli.errors import DataError, printable


class ImageFiles:
    """Images by index that are read from their files when asked for.

    Args:
        folder: the place that messages name.
        images: what reads them.
        digests: of the files, by their names below ``folder``.
        frame: what makes the pixels of one image.
        bits: that grey images of 16 bits use.

    Raises:
        DataError: a file was removed or changed since the scan.
    """

    device = torch.device("cpu")

    def __init__(self, folder: Path, images: ImageBytes, digests: Column[str], frame: Frame, bits: int) -> None:
        self.folder, self.images, self.frame, self.bits = folder, images, frame, bits
        self.names, self.digests = digests.names, digests.rows
        self.shape = (len(digests), *frame.shape)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, indices: Tensor) -> Tensor:
        with warnings_ignored():
            return torch.stack([self._read(index) for index in indices.tolist()])  # (N, *frame.shape)

    def to(self, device: torch.device) -> Self:
        return self

    def _read(self, index: int) -> Tensor:
        try:
            raw = self.images.read(self.names[index])
            if hashlib.sha256(raw).digest() != self.digests[index].tobytes():
                raise ValueError("is not the file that was scanned")
            return decode_named(raw, self.names[index], self.frame, self.bits).pixels
        except Exception as error:
            raise DataError(
                f"{self.folder / printable(self.names[index])}: {reason_of(error)}; it was changed during the "
                "training: bring it back and resume, or start a new run"
            ) from None
