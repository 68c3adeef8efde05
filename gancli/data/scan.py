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

from gancli.data.classes import class_of
from gancli.data.decoding import Decoded, Shape, decode, read_file, reason_of
from gancli.data.fitting import Fit
from gancli.data.listing import Listing
from gancli.data.manifest import some
from gancli.errors import DataError, printable
from gancli.progress import task

MAX_PROBLEMS = 20  # in an error


@dataclass(frozen=True)
class Scan:
    """The results for all files, by their names below the folder."""

    digests: Mapping[str, str]  # of the good ones
    sides: Mapping[str, tuple[int, int]]  # their heights and widths in the files
    images: Tensor | None  # their pixels of shape (N, C, H, W), uint8, if they are to be kept
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
        shape: of the pixels of one image.
        fit: how it becomes of that size.
        keep: whether the pixels are kept.
    """

    def __init__(self, folder: Path, names: list[str], shape: Shape, fit: Fit, *, keep: bool) -> None:
        self.folder, self.names, self.shape, self.fit = folder, names, shape, fit
        self.images = torch.empty((len(names), *shape), dtype=torch.uint8) if keep else None

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
            decoded = decode_named(raw, self.names[index], self.shape, self.fit, bits)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return _Read(problem=reason_of(error))
        if self.images is not None:
            self.images[index] = decoded.pixels
        digest = hashlib.sha256(raw).hexdigest()
        return _Read(digest, "", decoded.sides, decoded.grey_bits, decoded.colour_bits)


def decode_named(raw: bytes, name: str, shape: Shape, fit: Fit, bits: int) -> Decoded:
    """Decode the bytes of a file of this name."""
    return decode(raw, shape, fit=fit, ending=PurePosixPath(name).suffix.lower(), bits=bits)


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


def refuse_bad(folder: Path, listing: Listing, bad: Mapping[str, str], *, skip: bool) -> None:
    """Raises DataError that names everything that cannot be read, unless it may be left out."""
    problems = {**listing.unreadable, **bad}
    obstacle = _obstacle(listing, bad)
    if not problems or (skip and not listing.unreadable and not obstacle):
        return
    counted = [f"{len(bad)} of {len(listing.images)} images"] if bad else []
    counted += [f"{len(listing.unreadable)} folder{'s' * (len(listing.unreadable) > 1)}"] if listing.unreadable else []
    lines = [f"{printable(name)}: {printable(problem)}" for name, problem in problems.items()][:MAX_PROBLEMS]
    lines += [f"… and {len(problems) - MAX_PROBLEMS} more"] if len(problems) > MAX_PROBLEMS else []
    way_out = f"repair or remove them{_way_out(listing, obstacle, skip=skip)}"
    head = f"{folder}: {' and '.join(counted)} cannot be read; {way_out}:"
    raise DataError("\n  ".join([head, *lines]))


def _way_out(listing: Listing, obstacle: str, *, skip: bool) -> str:
    """The option that leaves the bad images out, or the reason why it cannot."""
    if listing.unreadable:
        return "; the number of images in a folder that cannot be read is not known, so they cannot be left out"
    if not obstacle:
        return ", or leave them out with dataset.on_bad_image=skip"
    return f"; {obstacle}" if skip else ""


def _obstacle(listing: Listing, bad: Mapping[str, str]) -> str:
    """The reason why the bad images cannot be left out: too many, or a class without images; empty if there is none."""
    allowed = max(1, len(listing.images) // 100)
    if len(bad) > allowed:
        return f"dataset.on_bad_image=skip leaves out 1 % at most, or a single one: here {allowed}"
    kept = {class_of(name) for name in listing.images if name not in bad}
    lost = {class_of(name) for name in bad} - kept
    if lost and (lost != {""} or not kept):
        return f"without them, no image of {some(sorted(lost - {''})) or 'any kind'} is left"
    return ""
