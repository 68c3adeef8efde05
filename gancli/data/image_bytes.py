"""The bytes of a listed image by its name, wherever it lies."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from gancli.data.decoding import MAX_IMAGE_BYTES, read_file
from gancli.data.file_state import State, state_in, state_of
from gancli.data.tar_members import BARE
from gancli.data.zip_members import LOCAL_HEADER, SIGNATURE, unpacked


class ImageBytes(Protocol):
    """Reads images by name, in any process and thread: no file is kept open."""

    def read(self, name: str) -> bytes:
        """The bytes of an image; ValueError or OSError if it cannot be read."""

    def open(self, name: str) -> BinaryIO:
        """A file to read an image's first bytes from."""

    def load(self, name: str) -> tuple[bytes, State]:
        """The bytes and the state of an image, as it was before it was read."""

    def state(self, name: str) -> State:
        """What changes if the image does."""


@dataclass(frozen=True)
class FromFolder:
    """Images that are files below a folder."""

    folder: Path

    def read(self, name: str) -> bytes:
        return read_file(f"{self.folder}/{name}")

    def load(self, name: str) -> tuple[bytes, State]:
        path = f"{self.folder}/{name}"
        status = os.stat(path)  # noqa: PTH116 - as fast as can be, for a million files
        return read_file(path, status), state_in(status)

    def open(self, name: str) -> BinaryIO:
        return (self.folder / name).open("rb")

    def state(self, name: str) -> State:
        return state_of(f"{self.folder}/{name}")


@dataclass(frozen=True)
class FromArchives:
    """Images that are members of archives.

    Args:
        archives: their files, and what these were when their members were found.
        rows: of shape (N, 6), int64: the number of the archive, offset, bytes in it, bytes, CRC-32, method.
        row_of: of every image.
    """

    archives: list[tuple[Path, State]]
    rows: np.ndarray
    row_of: Mapping[str, int]

    def read(self, name: str) -> bytes:
        number, offset, stored, size, crc, method = self.rows[self.row_of[name]].tolist()
        if max(stored, size) > MAX_IMAGE_BYTES:
            raise ValueError(f"holds {max(stored, size):,} bytes; at most {MAX_IMAGE_BYTES:,} are read")
        with self.archives[number][0].open("rb", buffering=0) as file:
            if method == BARE:
                return _read_at(file.fileno(), offset, stored)
            header = _read_at(file.fileno(), offset, LOCAL_HEADER)
            if not header.startswith(SIGNATURE):
                raise ValueError("is damaged in the archive: it does not begin where the archive says")
            lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            return unpacked(_read_at(file.fileno(), offset + LOCAL_HEADER + lengths, stored), size, crc, method)

    def load(self, name: str) -> tuple[bytes, State]:
        return self.read(name), self.state(name)

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self.read(name))

    def state(self, name: str) -> State:
        return self.archives[int(self.rows[self.row_of[name], 0])][1]


def _read_at(descriptor: int, offset: int, count: int) -> bytes:
    """Exactly ``count`` bytes; nothing moves, so that processes may share the file."""
    raw = os.pread(descriptor, count, offset)
    if len(raw) != count:
        raise ValueError("is cut short: the archive ends before it")
    return raw
