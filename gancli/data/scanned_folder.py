"""The images of one folder, each read once: kept in memory, or read again when asked for."""

import hashlib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from gancli.data.bad_images import ClassOf, refuse_bad
from gancli.data.classes import class_of
from gancli.data.finding import FoundImages
from gancli.data.frames import Frame
from gancli.data.image_files import ImageFiles
from gancli.data.left_out import files_left_out
from gancli.data.manifest import some
from gancli.data.scan import Scanner
from gancli.names import composed


class ScannedFolder:
    """The images that were found at a place after a scan.

    ``images`` are pixels of shape (N, *frame.shape), uint8, in memory or by index; ``digests`` those of their files,
    ``sides`` their heights and widths, both by name; ``bits`` those that grey images of 16 bits use; ``bad`` are the
    images that are left out, each with its problem.

    Args:
        frame: what makes the pixels of an image.
        keep: whether the pixels are kept in memory.
        skip: whether a few bad images may be left out.
        class_of: the class of an image by its name.
        bits: that grey images of 16 bits use; None: as many as the largest of their values needs.

    Raises:
        DataError: some images cannot be read; all of them are named.
    """

    def __init__(
        self,
        found: FoundImages,
        frame: Frame,
        *,
        keep: bool,
        skip: bool,
        class_of: ClassOf = class_of,
        bits: int | None = None,
    ) -> None:
        scan = Scanner(found, frame, keep=keep, bits=bits).scan()
        refuse_bad(found.place, found.listing, scan.bad, skip=skip, class_of=class_of)
        self.folder, self.listing, self.frame, self._found = found.place, found.listing, frame, found
        self.digests, self.sides, self.bad, self.bits = scan.digests, scan.sides, scan.bad, scan.bits
        self._pixels, self._beyond = scan.images, scan.beyond

    @property
    def images(self) -> Tensor | ImageFiles:
        files = ImageFiles(self.folder, self._found.images, self.digests, self.frame, self.bits)
        return files if self._pixels is None else self._pixels

    def keep_only(self, names: Collection[str]) -> None:
        """Leave out all images but these; the order stays."""
        rows = np.array([row for row, name in enumerate(self.digests) if name in names], np.int64)
        if len(rows) < len(self.digests):
            self._pixels = None if self._pixels is None else self._pixels[torch.from_numpy(rows)]
            self.digests, self.sides = self.digests.select(rows), self.sides.select(rows)

    def remarks(self) -> Iterator[str]:
        """What a user may not expect of the sizes, and of the values of 16 bits."""
        yield from self.frame.remarks(self.sides)
        if self.bits != 16:
            yield f"the grey images of 16 bits a value use {self.bits} of them, so {2**self.bits - 1:,} is white"
        if self._beyond:
            yield f"{len(self._beyond):,} of them have larger values, which become white: {some(self._beyond)}"


class NamedFolder(ScannedFolder):
    """One of the folders of a set, whose name stands before what is said of its images."""

    @property
    def manifest(self) -> Mapping[str, str]:
        """Digests of the files by their paths below the set's root."""
        return self.digests.below(self.folder.name)

    def left_out(self) -> list[str]:
        """The files that are left out, a phrase a reason."""
        return self._named(files_left_out(self.listing, self.bad))

    def named_remarks(self) -> list[str]:
        """``remarks`` after the folder's name."""
        return self._named(self.remarks())

    def _named(self, phrases: Iterable[str]) -> list[str]:
        return [f"{self.folder.name}: {phrase}" for phrase in phrases]


def fits_in_memory(examples: int, shape: tuple[int, ...], memory_mb: int) -> bool:
    """Whether pixels of so many examples, one byte a value, fit into so many megabytes."""
    return examples * math.prod(shape) <= memory_mb * 2**20


def update_digest(digest: "hashlib._Hash", manifest: Mapping[str, str]) -> None:
    """Add names and digests of files, whatever Unicode form the names have."""
    for name, of_file in manifest.items():
        digest.update(f"{composed(name)}\0{of_file}\n".encode("utf-8", "surrogateescape"))
