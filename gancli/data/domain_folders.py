"""The two domains in the folders ``trainA`` and ``trainB``."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import torch
from torch import Tensor

from gancli.data.bad_images import of_all
from gancli.data.domain import Domain
from gancli.data.finding import listed
from gancli.data.frames import Halves, Whole
from gancli.data.jitter import Jitter
from gancli.data.parts import Part
from gancli.data.pixel_values import values_of
from gancli.data.reading import Reading
from gancli.data.scanned_folder import NamedFolder, fits_in_memory, update_digest


class FolderDomain(Domain):
    """The pictures of a folder.

    Args:
        frame: what the pictures were read with.
        workers: processes that read them, if they are not in memory.
    """

    def __init__(self, found: NamedFolder, frame: Whole, jitter: Jitter, workers: int) -> None:
        super().__init__((frame.shape[0], *jitter.size), jitter)
        self.images, self.workers = found.images, workers
        self.manifest = found.manifest
        self.bits = found.bits
        decoder = "" if frame.decoder == "exact" else f" {frame.decoder}"
        digest = hashlib.sha256(f"{frame.shape} {frame.fit} {jitter.size} {found.bits}{decoder}\n".encode())
        update_digest(digest, self.manifest)
        self.fingerprint = digest.hexdigest()
        self.left_out = "; ".join(found.left_out())
        self.notice = "\n".join(found.named_remarks())

    def __len__(self) -> int:
        return len(self.images)

    def draw(self, indices: Tensor, rng: torch.Generator) -> Tensor:
        return values_of(*self.jitter(self.images[indices.to(self.images.device, non_blocking=True)], rng=rng))

    def to(self, device: torch.device) -> Self:
        self.images = self.images.to(device)
        return self


@dataclass(frozen=True)
class DomainFolders:
    """Two folders, and how their pictures are read."""

    part: Part
    reading: Reading
    flip: bool
    workers: int

    def read(self) -> tuple[FolderDomain, FolderDomain]:
        """The pictures of A and of B; DataError that names those that cannot be read."""
        both = of_all(partial(listed, folder) for folder in self.part.folders)
        examples = max(len(found.listing.images) for found in both)
        keep = fits_in_memory(examples, Halves(*self.reading.frames).shape, self.reading.memory_mb)
        scanned = self.reading.scan_both(both, keep=keep)
        jitter, workers = self.reading.jitter(flip=self.flip), 0 if keep else self.workers
        first, second = (
            FolderDomain(found, frame, jitter, workers)
            for found, frame in zip(scanned, self.reading.frames, strict=True)
        )
        return first, second

    def held_out(self, bits: tuple[int, int]) -> Self | None:
        """The folders that are held out.

        Args:
            bits: that grey pictures of 16 bits use, of A and of B.
        """
        part = self.part.held_out()
        return None if part is None else replace(self, part=part, reading=self.reading.held_out(bits))

    def remarks(self) -> list[str]:
        return self.part.remarks()
