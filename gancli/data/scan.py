"""A scan of a folder: every image is read once before training, so that a bad one is not found hours later."""

import hashlib
import os
import time
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
from gancli.data.scan_index import LEAST_FILES, Facts, ScanIndex, state_of
from gancli.progress import task

AT_ONCE = 4096  # files that threads are given, so that memory does not grow with the folder


@dataclass(frozen=True)
class Scan:
    """The results for all files, by their names below the folder."""

    digests: Mapping[str, str]  # of the good ones
    sides: Mapping[str, tuple[int, int]]  # their heights and widths in the files
    images: Tensor | None  # their pixels of shape (N, *frame.shape), uint8, if they are to be kept
    bad: Mapping[str, str]  # the problem of each of the others
    bits: int  # that grey images of 16 bits use; 16 if there are none


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
        found = self._found()
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

    def _found(self) -> dict[int, Facts]:
        """The facts of all files in order; where pixels are not kept, those of unchanged files are in the index."""
        if self.images is not None or len(self.names) < LEAST_FILES:
            return self._read(range(len(self.names)))
        began, index = time.time_ns(), ScanIndex(self.folder, type(self.frame).__name__)
        with task(f"looking for changes in {len(self.names):,} files"):
            found = index.unchanged(self.names)
        missing = [number for number in range(len(self.names)) if number not in found]
        if missing:
            found |= self._read(missing)
            index.keep(self.names, found, began)
        return dict(sorted(found.items()))

    def _read(self, indices: "range | list[int]", bits: int = 16) -> dict[int, Facts]:
        # Pillow decodes outside the interpreter's lock. Warnings are ignored out here: their filters belong to all
        # threads.
        found: dict[int, Facts] = {}
        with warnings_ignored(), _threads() as pool, task(f"reading {len(indices):,} images") as report:
            for part in (indices[first : first + AT_ONCE] for first in range(0, len(indices), AT_ONCE)):
                for index, read in zip(part, pool.map(lambda index: self._read_one(index, bits), part), strict=True):
                    found[index] = read
                    report(len(found) / len(indices))
        return found

    def _read_one(self, index: int, bits: int) -> Facts:
        try:
            state = state_of(self.folder / self.names[index])
            raw = read_file(self.folder / self.names[index])
            decoded = decode_named(raw, self.names[index], self.frame, bits)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return Facts(problem=reason_of(error))
        if self.images is not None:
            self.images[index] = decoded.pixels
        digest = hashlib.sha256(raw).hexdigest()
        return Facts(digest, "", decoded.sides, decoded.grey_bits, decoded.colour_bits, state)


def decode_named(raw: bytes, name: str, frame: Frame, bits: int) -> Decoded:
    """Decode the bytes of a file of this name."""
    return decode_to(raw, frame, ending=PurePosixPath(name).suffix.lower(), bits=bits)


def _dark_colours(found: Mapping[int, Facts]) -> dict[int, str]:
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
