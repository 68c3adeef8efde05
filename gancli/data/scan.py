"""A scan of a folder: every image is read once before training, so that a bad one is not found hours later."""

import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from gancli.data.decoding import Decoded, decode_to, read_file, reason_of
from gancli.data.frames import Frame
from gancli.progress import task


@dataclass(frozen=True)
class Scan:
    """The results for all files, by their names below the folder."""

    digests: Mapping[str, str]  # of the good ones
    sides: Mapping[str, tuple[int, int]]  # their heights and widths in the files
    images: Tensor | None  # their pixels of shape (N, *frame.shape), uint8, if they are to be kept
    bad: Mapping[str, str]  # the problem of each of the others
    bits: int  # that grey images of 16 bits use; 16 if there are none


@dataclass(frozen=True)
class _Read:
    digest: str = ""
    problem: str = ""
    sides: tuple[int, int] = (0, 0)
    grey_bits: int = 0
    colour_bits: int = 0


class Scanner:
    """Reads the images of a folder into one tensor, or only checks them.

    Args:
        frame: what makes the pixels of an image.
        keep: whether the pixels are kept.
    """

    def __init__(self, folder: Path, names: list[str], frame: Frame, *, keep: bool) -> None:
        self.folder, self.names, self.frame = folder, names, frame
        self.images = torch.empty((len(names), *frame.shape), dtype=torch.uint8) if keep else None

    def scan(self) -> Scan:
        """Read every image once; those of 16 bits twice if all of them use fewer: their white is known then."""
        found = self._read(range(len(self.names)))
        grey = [index for index, read in found.items() if read.grey_bits]
        bits = max((found[index].grey_bits for index in grey), default=16)
        if bits < 16 and self.images is not None:
            found |= self._read(grey, bits)
        problems = {index: read.problem for index, read in found.items() if read.problem}
        problems |= _dark_colours(found)
        good = {self.names[index]: read for index, read in found.items() if index not in problems}
        digests = {name: read.digest for name, read in good.items()}
        sides = {name: read.sides for name, read in good.items()}
        images = self.images
        if images is not None and problems:
            images = images[torch.tensor([index not in problems for index in found])]
        return Scan(digests, sides, images, {self.names[index]: problem for index, problem in problems.items()}, bits)

    def _read(self, indices: "range | list[int]", bits: int = 16) -> dict[int, _Read]:
        # Pillow decodes outside the interpreter's lock. Warnings are ignored out here: their filters belong to all
        # threads.
        found: dict[int, _Read] = {}
        with warnings_ignored(), _threads() as pool, task(f"reading {len(indices):,} images") as report:
            for index, read in zip(indices, pool.map(lambda index: self._read_one(index, bits), indices), strict=True):
                found[index] = read
                report(len(found) / len(indices))
        return found

    def _read_one(self, index: int, bits: int) -> _Read:
        try:
            raw = read_file(self.folder / self.names[index])
            decoded = decode_named(raw, self.names[index], self.frame, bits)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return _Read(problem=reason_of(error))
        if self.images is not None:
            self.images[index] = decoded.pixels
        digest = hashlib.sha256(raw).hexdigest()
        return _Read(digest, "", decoded.sides, decoded.grey_bits, decoded.colour_bits)


def decode_named(raw: bytes, name: str, frame: Frame, bits: int) -> Decoded:
    """Decode the bytes of a file of this name."""
    return decode_to(raw, frame, ending=PurePosixPath(name).suffix.lower(), bits=bits)


def _dark_colours(found: Mapping[int, _Read]) -> dict[int, str]:
    """The problem of colour images of 16 bits that use fewer: Pillow reads their upper eight bits."""
    used = {index: read.colour_bits for index, read in found.items() if read.colour_bits}
    bits = max(used.values(), default=16)
    problem = f"has 16 bits a value, of which these images use {bits} at most, so it would be dark; save it with 8 bits"
    return dict.fromkeys(used, problem) if bits < 16 else {}


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """One thread a core; if the block fails, images not yet begun are cancelled, so that Ctrl-C need not wait."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def warnings_ignored() -> Iterator[None]:
    """Ignore Pillow's warnings about harmless faults and large images, whose pixels are counted here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
