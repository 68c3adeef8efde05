"""Every image of a folder is read once before training, so that a bad one is met then and not hours later."""

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
from gancli.data.decoding import Decoded, Shape, decode, explain, read_file
from gancli.data.listing import Listing
from gancli.data.manifest import some
from gancli.errors import DataError, printable
from gancli.progress import task

SHOWN = 20  # bad files in an error


@dataclass(frozen=True)
class Scan:
    """What was found in the files, by their names below the folder."""

    digests: Mapping[str, str]  # of the good ones
    images: Tensor | None  # their pixels of shape (N, C, H, W), uint8, if they are to be kept
    bad: Mapping[str, str]  # what is wrong with the others
    bits: int  # that grey images of 16 bits use; 16 if there are none


@dataclass(frozen=True)
class _Read:
    digest: str = ""
    problem: str = ""
    grey_bits: int = 0
    colour_bits: int = 0


class Scanner:
    """Reads the images of a folder into one tensor, or only looks at them.

    Args:
        shape: of the pixels of one image.
        keep: whether the pixels are kept.
    """

    def __init__(self, folder: Path, names: list[str], shape: Shape, *, keep: bool) -> None:
        self.folder, self.names, self.shape = folder, names, shape
        self.images = torch.empty((len(names), *shape), dtype=torch.uint8) if keep else None

    def scan(self) -> Scan:
        """Read every image once; a second time if all those of 16 bits use fewer, for their white is known then."""
        found = self._read(range(len(self.names)))
        grey = [index for index, read in found.items() if read.grey_bits]
        bits = max((found[index].grey_bits for index in grey), default=16)
        if bits < 16 and self.images is not None:
            found |= self._read(grey, bits)
        problems = {index: read.problem for index, read in found.items() if read.problem}
        problems |= _dark_colours(found)
        digests = {self.names[index]: read.digest for index, read in found.items() if index not in problems}
        images = self.images
        if images is not None and problems:
            images = images[torch.tensor([index not in problems for index in found])]
        return Scan(digests, images, {self.names[index]: problem for index, problem in problems.items()}, bits)

    def _read(self, indices: "range | list[int]", bits: int = 16) -> dict[int, _Read]:
        # Pillow decodes outside the interpreter's lock. Warnings are ignored out here: their filters belong to all
        # threads.
        found: dict[int, _Read] = {}
        with warnings_ignored(), _threads() as pool, task(f"reading {len(indices):,} images") as report:
            for index, read in zip(indices, pool.map(lambda index: self._look(index, bits), indices), strict=True):
                found[index] = read
                report(len(found) / len(indices))
        return found

    def _look(self, index: int, bits: int) -> _Read:
        try:
            raw = read_file(self.folder / self.names[index])
            decoded = decode_named(raw, self.names[index], self.shape, bits)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return _Read(problem=explain(error))
        if self.images is not None:
            self.images[index] = decoded.pixels
        return _Read(hashlib.sha256(raw).hexdigest(), "", decoded.grey_bits, decoded.colour_bits)


def decode_named(raw: bytes, name: str, shape: Shape, bits: int) -> Decoded:
    """Decode the bytes of a file of this name."""
    return decode(raw, shape, ending=PurePosixPath(name).suffix.lower(), bits=bits)


def _dark_colours(found: Mapping[int, _Read]) -> dict[int, str]:
    """What is wrong with images of 16 bits in colour, if all of them use fewer: Pillow reads their upper eight bits."""
    used = {index: read.colour_bits for index, read in found.items() if read.colour_bits}
    bits = max(used.values(), default=16)
    problem = f"has 16 bits a value, of which these images use {bits} at most, so it would be dark; save it with 8 bits"
    return dict.fromkeys(used, problem) if bits < 16 else {}


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """One a core; if the block fails, what they have not begun is left undone, lest Ctrl-C waits for all of it."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def warnings_ignored() -> Iterator[None]:
    """Pillow warns of what does no harm, and of many pixels, which are counted here anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def refuse_bad(folder: Path, listing: Listing, bad: Mapping[str, str], *, skip: bool) -> None:
    """Raises DataError with all that cannot be read, unless it may be left out."""
    problems = {**listing.unreadable, **bad}
    objection = _objection(listing, bad)
    if not problems or (skip and not listing.unreadable and not objection):
        return
    counted = [f"{len(bad)} of {len(listing.images)} images"] if bad else []
    counted += [f"{len(listing.unreadable)} folders"] if listing.unreadable else []
    lines = [f"{printable(name)}: {printable(problem)}" for name, problem in problems.items()][:SHOWN]
    lines += [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    head = f"{folder}: {' and '.join(counted)} cannot be read; mend or remove them{_or(listing, objection, skip=skip)}:"
    raise DataError("\n  ".join([head, *lines]))


def _or(listing: Listing, objection: str, *, skip: bool) -> str:
    """What else the user can do, or why it cannot be done."""
    if listing.unreadable:
        return "; how many images are in a folder is not known, so none is left out"
    if not objection:
        return ", or leave them out with dataset.on_bad_image=skip"
    return f"; {objection}" if skip else ""


def _objection(listing: Listing, bad: Mapping[str, str]) -> str:
    """Why the bad images cannot be left out: they are too many, or it would change what is learned."""
    allowed = max(1, len(listing.images) // 100)
    if len(bad) > allowed:
        return f"dataset.on_bad_image=skip leaves out 1 % at most, or a single one: here {allowed}"
    kept = {class_of(name) for name in listing.images if name not in bad}
    lost = {class_of(name) for name in bad} - kept
    if lost and (lost != {""} or not kept):
        return f"without them, no image of {some(sorted(lost - {''})) or 'any kind'} is left"
    return ""
