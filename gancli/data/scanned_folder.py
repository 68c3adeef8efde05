"""The images of one folder, each read once: kept in memory, or read again when asked for."""

import hashlib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from gancli.data.bad_images import ClassOf, refuse_bad
from gancli.data.classes import class_of
from gancli.data.frames import Frame
from gancli.data.image_files import ImageFiles
from gancli.data.left_out import files_left_out, no_images
from gancli.data.listing import Listing, list_images
from gancli.data.scan import Scanner
from gancli.errors import DataError
from gancli.names import composed


class ScannedFolder:
    """The images of a listed folder after a scan.

    ``images`` are pixels of shape (N, *frame.shape), uint8, in memory or by index; ``digests`` those of their files,
    ``sides`` their heights and widths, both by name; ``bits`` those that grey images of 16 bits use; ``bad`` are the
    images that are left out, each with its problem.

    Args:
        keep: whether the pixels are kept in memory.
        skip: whether a few bad images may be left out.
        class_of: the class of an image by its name.

    Raises:
        DataError: some images cannot be read; all of them are named.
    """

    def __init__(
        self, folder: Path, listing: Listing, frame: Frame, *, keep: bool, skip: bool, class_of: ClassOf = class_of
    ) -> None:
        found = Scanner(folder, listing.images, frame, keep=keep).scan()
        refuse_bad(folder, listing, found.bad, skip=skip, class_of=class_of)
        self.folder, self.listing, self.frame = folder, listing, frame
        self.digests, self.sides, self.bad, self.bits = found.digests, found.sides, found.bad, found.bits
        self._pixels = found.images

    @property
    def images(self) -> Tensor | ImageFiles:
        files = ImageFiles(self.folder, self.digests, self.frame, self.bits)
        return files if self._pixels is None else self._pixels

    def keep_only(self, names: Collection[str]) -> None:
        """Leave out all images but these; the order stays."""
        rows = torch.tensor([index for index, name in enumerate(self.digests) if name in names])
        if len(rows) < len(self.digests):
            self._pixels = None if self._pixels is None else self._pixels[rows]
            self.digests = {name: digest for name, digest in self.digests.items() if name in names}
            self.sides = {name: sides for name, sides in self.sides.items() if name in names}

    def remarks(self) -> Iterator[str]:
        """What a user may not expect of the sizes, and of the values of 16 bits."""
        yield from self.frame.remarks(self.sides)
        if self.bits != 16:
            yield f"the grey images of 16 bits a value use {self.bits} of them, so {2**self.bits - 1:,} is white"


class NamedFolder(ScannedFolder):
    """One of the folders of a set, whose name stands before what is said of its images."""

    @property
    def manifest(self) -> dict[str, str]:
        """Digests of the files by their paths below the set's root."""
        return {f"{self.folder.name}/{name}": digest for name, digest in self.digests.items()}

    def left_out(self) -> list[str]:
        """The files that are left out, a phrase a reason."""
        return self._named(files_left_out(self.listing, self.bad))

    def named_remarks(self) -> list[str]:
        """``remarks`` after the folder's name."""
        return self._named(self.remarks())

    def _named(self, phrases: Iterable[str]) -> list[str]:
        return [f"{self.folder.name}: {phrase}" for phrase in phrases]


def listed(folder: Path) -> Listing:
    """The images of a folder; DataError if there are none."""
    listing = list_images(folder)
    if not listing.images and not listing.unreadable:
        raise DataError(f"{folder}: {no_images(listing)}")
    return listing


def fits_in_memory(examples: int, shape: tuple[int, ...], memory_mb: int) -> bool:
    """Whether pixels of so many examples, one byte a value, fit into so many megabytes."""
    return examples * math.prod(shape) <= memory_mb * 2**20


def update_digest(digest: "hashlib._Hash", manifest: Mapping[str, str]) -> None:
    """Add names and digests of files, whatever Unicode form the names have."""
    for name, of_file in manifest.items():
        digest.update(composed(name).encode("utf-8", "surrogateescape") + f"\0{of_file}\n".encode())
