"""A scan of a folder: every image is read once before training, so that a bad one is not found hours later."""

import hashlib
import os
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gancli.data.decoding import Decoded, decode_to, ending_of, reason_of
from gancli.data.facts import COLOUR, GREY, SIDES, Column, Facts, height_and_width, hexadecimal
from gancli.data.file_state import LEAST_FILES
from gancli.data.finding import FoundImages
from gancli.data.fitting import Sides
from gancli.data.frames import Frame
from gancli.data.scan_index import ScanIndex
from gancli.progress import task

AT_ONCE = 4096  # files that threads are given, so that memory does not grow with the folder
A_THREAD = 32  # files that a thread is given: one by one, more time would go into giving them


@dataclass(frozen=True)
class Scan:
    """The results for all files, by their names below the folder."""

    digests: Column[str]  # of the good ones
    sides: Column[Sides]  # their heights and widths in the files
    images: Tensor | None  # their pixels of shape (N, *frame.shape), uint8, if they are to be kept
    bad: Mapping[str, str]  # the problem of each of the others
    bits: int  # that grey images of 16 bits use; 16 if there are none
    beyond: list[str]  # grey images with larger values, which become white


class Scanner:
    """Reads the images that were found into one tensor, or only checks them.

    Args:
        frame: what makes the pixels of an image.
        keep: whether the pixels are kept.
        bits: that grey images of 16 bits use, if the user says so; None: as many as the largest value needs.
    """

    def __init__(self, found: FoundImages, frame: Frame, *, keep: bool, bits: int | None = None) -> None:
        self.found, self.names, self.frame, self.bits = found, found.listing.images, frame, bits
        self.images = torch.empty((len(self.names), *frame.shape), dtype=torch.uint8) if keep else None
        self.facts = Facts(len(self.names))

    def scan(self) -> Scan:
        """Read every image once; those of 16 bits twice if all of them use fewer: their white is known then."""
        self._read_all()
        grey = self.facts.rows[:, GREY]
        bits = self.bits or int(grey.max(initial=0)) or 16
        if bits != (self.bits or 16) and self.images is not None:
            self._read(np.flatnonzero(grey).tolist(), bits)
        problems = self.facts.problems | self._dark_colours()
        is_good = self.facts.known.copy()
        is_good[list(problems)] = False
        rows = slice(None) if is_good.all() else is_good
        names = [self.names[row] for row in np.flatnonzero(is_good)] if problems else self.names
        return Scan(
            Column(names, self.facts.digests[rows], hexadecimal),
            Column(names, self.facts.rows[rows, SIDES].astype(np.int32), height_and_width),
            self.images if self.images is None or not problems else self.images[torch.from_numpy(is_good)],
            {self.names[index]: problems[index] for index in sorted(problems)},
            bits,
            [self.names[row] for row in np.flatnonzero(is_good & (grey > bits))],
        )

    def _read_all(self) -> None:
        """Find the facts of all files; where pixels are not kept, those of unchanged files are in the index."""
        if self.images is not None or len(self.names) < LEAST_FILES:
            self._read(range(len(self.names)))
            return
        began, index = time.time_ns(), ScanIndex(self.found.place, type(self.frame).__name__)
        with task(f"looking for changes in {len(self.names):,} files") as report:
            index.unchanged(self.names, self.found.images.state, self.facts, report)
        missing = np.flatnonzero(~self.facts.known).tolist()
        if missing:
            self._read(missing)
            index.keep(self.names, self.facts, began)

    def _read(self, indices: Sequence[int], bits: int | None = None) -> None:
        # Pillow decodes outside the interpreter's lock. Warnings are ignored out here: their filters belong to all
        # threads.
        bits = bits or self.bits or 16
        with warnings_ignored(), _threads() as pool, task(f"reading {len(indices):,} images") as report:
            for first in range(0, len(indices), AT_ONCE):
                part = indices[first : first + AT_ONCE]
                few = [part[start : start + A_THREAD] for start in range(0, len(part), A_THREAD)]
                for done, _ in enumerate(pool.map(lambda indices: self._read_few(indices, bits), few), 1):
                    report(min(1.0, (first + done * A_THREAD) / len(indices)))

    def _read_few(self, indices: Sequence[int], bits: int) -> None:
        for index in indices:
            try:
                self._read_one(index, bits)
            except Exception as error:  # Pillow raises almost anything on a damaged file
                self.facts.problems[index] = reason_of(error)
            self.facts.known[index] = True

    def _read_one(self, index: int, bits: int) -> None:
        name, images = self.names[index], self.found.images
        raw, state = images.load(name)
        decoded = decode_named(raw, name, self.frame, bits)
        if self.images is not None:
            self.images[index] = decoded.pixels
        self.facts.digests[index] = np.frombuffer(hashlib.sha256(raw).digest(), np.uint8)
        self.facts.rows[index] = (*state, *decoded.sides, decoded.grey_bits, decoded.colour_bits)

    def _dark_colours(self) -> dict[int, str]:
        """The problem of colour images of 16 bits that use fewer: Pillow reads their upper eight bits."""
        used = self.facts.rows[:, COLOUR]
        bits = int(used.max(initial=0)) or 16
        problem = (
            f"has 16 bits a value, of which these images use {bits} at most, so it would be dark; save it with 8 bits"
        )
        return dict.fromkeys(np.flatnonzero(used).tolist(), problem) if bits < 16 else {}


def decode_named(raw: bytes, name: str, frame: Frame, bits: int) -> Decoded:
    """Decode the bytes of a file of this name."""
    return decode_to(raw, frame, ending=ending_of(name), bits=bits)


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
