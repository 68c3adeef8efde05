"""Your own images: a folder or an archive, with a sub-folder a class if there are classes."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

import torch
from pydantic import Field

from gancli.data.classes import check_folders, labelled, why_unlabelled
from gancli.data.depth import Bits
from gancli.data.finding import listed
from gancli.data.fitting import Fit
from gancli.data.frames import Decoder, Whole
from gancli.data.image_size import ImageSize, height_and_width
from gancli.data.images import ImageDataset
from gancli.data.left_out import left_out
from gancli.data.root_folder import existing
from gancli.data.scanned_folder import ScannedFolder, fits_in_memory, update_digest


class ImageFolder(ImageDataset):
    """The images below a folder, or in archives, each scaled to one size.

    A file with the ending of an image must be one; hidden files and folders, and those of the system, are ignored. A
    sub-folder is a class; there are no classes if images lie directly in the folder. Numbers in names are sorted by
    their values: 2 before 10.

    Args:
        root: the folder, a ``.zip`` or ``.tar``, a folder in one (``photos.zip/train``), or a folder that holds such
            archives and no images beside them; relative to where ``gan`` is called.
        size: the height and the width in pixels, or one number for a square.
        fit: ``crop`` covers that size and crops around the centre; ``pad`` shows the whole image on white; ``stretch``
            changes its proportions.
        channels: 3 for colour, 1 for grey.
        flip: mirror every second image, at random.
        memory_mb: megabytes for the decoded images; if they take more, each is read from its file every time.
        workers: processes that read them in that case.
        decoder: ``draft`` decodes a JPEG that is twice as large as ``size``, or more, at a half, a quarter or an eighth
            of its sides, which is faster and changes its pixels a little; ``exact`` scales all of its pixels.
        bits: of the sensor that made the grey images of 16 bits a value, 12 for example; by default the smallest usual
            number that holds the largest value of all images.
        on_bad_image: ``skip`` leaves out images that cannot be read, as long as they are one in a hundred at most, or
            a single one, and no class loses its last image.

    Raises:
        DataError: the folder is missing or has no images, its folders are not classes, or some images cannot be read;
            all of these are named.
    """

    def __init__(
        self,
        *,
        root: Path,
        size: ImageSize = 32,
        fit: Fit = "crop",
        channels: Literal[1, 3] = 3,
        flip: bool = False,
        memory_mb: Annotated[int, Field(ge=0)] = 1024,
        workers: Annotated[int, Field(ge=0, le=64)] = 2,
        decoder: Decoder = "exact",
        bits: Bits | None = None,
        on_bad_image: Literal["error", "skip"] = "error",
    ) -> None:
        folder = existing(root)
        there = listed(folder)
        listing = there.listing
        check_folders(folder, listing.images)
        sides = height_and_width(size)
        shape = (channels, *sides)
        keep = fits_in_memory(len(listing.images), shape, memory_mb)
        frame, skip = Whole(shape, fit, decoder), on_bad_image == "skip"
        found = ScannedFolder(there, frame, keep=keep, skip=skip, bits=bits)
        check_folders(folder, found.digests)  # without the bad images, the rest may be in classes
        labels, names = labelled(found.digests)
        super().__init__(found.images, labels, names, flip=flip)
        self.manifest: Mapping[str, str] = found.digests
        self._read_as = ((len(self), *shape), found.bits)
        self._fit, self._decoder = fit, decoder
        self.fingerprint = self._fingerprint()
        self.left_out = left_out(listing, found.bad, names)
        self.notice = "\n".join(found.remarks())
        self.why_unlabelled = "" if names else why_unlabelled(folder, found.digests)
        self.workers = 0 if keep else workers

    def with_class_order(self, class_names: tuple[str, ...]) -> Self:
        if self.labels is not None and sorted(class_names) == sorted(self.spec.class_names):
            number = torch.tensor([class_names.index(name) for name in self.spec.class_names])
            self.labels = number.to(self.labels.device)[self.labels]
            self.spec = replace(self.spec, class_names=class_names)
            self.fingerprint = self._fingerprint()
        return self

    def _fingerprint(self) -> str:
        """A digest of everything that determines the examples; defaults add nothing, so that old digests stay valid."""
        shape, bits = self._read_as
        digest = hashlib.sha256(str(shape).encode())
        update_digest(digest, self.manifest)
        if self._fit != "crop":
            digest.update(f"fit {self._fit}\n".encode())
        if self._decoder != "exact":
            digest.update(f"decoder {self._decoder}\n".encode())
        if bits != 16:
            digest.update(f"bits {bits}\n".encode())
        if list(self.spec.class_names) != sorted(self.spec.class_names):
            digest.update(f"classes {self.spec.class_names}\n".encode())
        return digest.hexdigest()
