"""Your own images: a folder, with a sub-folder a class if there are classes."""

import hashlib
import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

import torch
from pydantic import Discriminator, Field, Tag
from torch import Tensor

from gancli.data.classes import check_folders, labelled, why_unlabelled
from gancli.data.decoding import Shape, read_file, reason_of
from gancli.data.fitting import Fit, remarks
from gancli.data.images import ImageDataset
from gancli.data.left_out import left_out, no_images
from gancli.data.listing import list_images
from gancli.data.scan import Scanner, decode_named, refuse_bad, warnings_ignored
from gancli.errors import DataError, printable
from gancli.names import composed

Side = Annotated[int, Field(ge=8, le=1024)]  # pixels
Sides = Annotated[tuple[Side, ...], Field(min_length=2, max_length=2)]  # height, width
# One of the two, so that a wrong value gives one problem and not that of each.
ImageSize = Annotated[
    Annotated[Side, Tag("side")] | Annotated[Sides, Tag("sides")],
    Discriminator(lambda value: "sides" if isinstance(value, list | tuple) else "side"),
]


class ImageFolder(ImageDataset):
    """The images below a folder, each scaled to one size.

    A file with the ending of an image must be one; hidden files and folders, and those of the system, are ignored. A
    sub-folder is a class; there are no classes if images lie directly in the folder. Numbers in names are sorted by
    their values: 2 before 10.

    Args:
        root: the folder; relative to where ``gan`` is called.
        size: the height and the width in pixels, or one number for a square.
        fit: ``crop`` covers that size and crops around the centre; ``pad`` shows the whole image on white; ``stretch``
            changes its proportions.
        channels: 3 for colour, 1 for grey.
        flip: mirror every second image, at random.
        memory_mb: megabytes for the decoded images; if they take more, each is read from its file every time.
        workers: processes that read them in that case.
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
        on_bad_image: Literal["error", "skip"] = "error",
    ) -> None:
        folder = _existing(root)
        listing = list_images(folder)
        if not listing.images and not listing.unreadable:
            raise DataError(f"{folder}: {no_images(listing)}")
        check_folders(folder, listing.images)
        height, width = (size, size) if isinstance(size, int) else size
        shape = (channels, height, width)
        keep = len(listing.images) * math.prod(shape) <= memory_mb * 2**20
        found = Scanner(folder, listing.images, shape, fit, keep=keep).scan()
        refuse_bad(folder, listing, found.bad, skip=on_bad_image == "skip")
        check_folders(folder, found.digests)  # without the bad images, the rest may be in classes
        labels, names = labelled(found.digests)
        files = ImageFiles(folder, found.digests, shape, fit, found.bits)
        super().__init__(files if found.images is None else found.images, labels, names, flip=flip)
        self.manifest: Mapping[str, str] = found.digests
        self._read_as = (files.shape, found.bits)
        self._fit = fit
        self.fingerprint = self._fingerprint()
        self.left_out = left_out(listing, found.bad, names)
        self.notice = "\n".join([*remarks(found.sides, (height, width), fit), *_deep(found.bits)])
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
        for name, of_file in self.manifest.items():
            digest.update(composed(name).encode("utf-8", "surrogateescape") + f"\0{of_file}\n".encode())
        if self._fit != "crop":
            digest.update(f"fit {self._fit}\n".encode())
        if bits != 16:
            digest.update(f"bits {bits}\n".encode())
        if list(self.spec.class_names) != sorted(self.spec.class_names):
            digest.update(f"classes {self.spec.class_names}\n".encode())
        return digest.hexdigest()


class ImageFiles:
    """Images by index that are read from their files when asked for.

    Args:
        digests: of the files, by their names below ``folder``.
        shape: of one image.
        fit: how it becomes of that size.
        bits: that grey images of 16 bits use.

    Raises:
        DataError: a file was removed or changed since the scan.
    """

    device = torch.device("cpu")

    def __init__(self, folder: Path, digests: Mapping[str, str], shape: Shape, fit: Fit, bits: int) -> None:
        self.folder, self.fit, self.bits = folder, fit, bits
        self.names, self.digests = list(digests), list(digests.values())
        self.shape, self._image_shape = (len(digests), *shape), shape

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, indices: Tensor) -> Tensor:
        with warnings_ignored():
            return torch.stack([self._read(int(index)) for index in indices])  # (N, C, H, W)

    def to(self, device: torch.device) -> Self:
        return self

    def _read(self, index: int) -> Tensor:
        try:
            raw = read_file(self.folder / self.names[index])
            if hashlib.sha256(raw).hexdigest() != self.digests[index]:
                raise ValueError("is not the file that was scanned")
            return decode_named(raw, self.names[index], self._image_shape, self.fit, self.bits).pixels
        except Exception as error:
            raise DataError(
                f"{self.folder / printable(self.names[index])}: {reason_of(error)}; it was changed during the "
                "training: bring it back and resume, or start a new run"
            ) from None


def _existing(root: Path) -> Path:
    try:
        folder = Path(root).expanduser()
        there, is_folder = folder.exists(), folder.is_dir()
    except (OSError, RuntimeError) as error:  # a folder without permission; the home of an unknown user
        raise DataError(f"{root}: {reason_of(error)}; expected a folder of images") from None
    if not there:
        raise DataError(f"{folder}: there is no such folder of images")
    if not is_folder:
        raise DataError(f"{folder}: is a file; expected a folder of images; {_way_out_of_a_file(folder)}")
    return folder


def _way_out_of_a_file(file: Path) -> str:
    """The command that unpacks an archive, or the folder of a file that is not an archive."""
    target = shlex.quote(str(file.with_name(file.name.partition(".")[0] or "images")))
    quoted = shlex.quote(str(file))
    if file.suffix.lower() == ".zip":
        return f"unpack it, and give dataset.root={target}: python -m zipfile -e {quoted} {target}"
    if ".tar" in file.suffixes or file.suffix.lower() == ".tgz":
        return f"unpack it, and give dataset.root={target}: mkdir {target} && tar -xf {quoted} -C {target}"
    return f"the folder of this file is dataset.root={shlex.quote(str(file.parent))}"


def _deep(bits: int) -> Iterator[str]:
    if bits != 16:
        yield f"the grey images of 16 bits a value use {bits} of them, so {2**bits - 1:,} is white"
