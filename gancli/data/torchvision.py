"""Any classification set of torchvision, by its name. Only here, and in what this uses, is torchvision imported.

What is imported below is this package's own: the module shares torchvision's name, but not its place.
"""

import hashlib
import math
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.base import fingerprint
from gancli.data.image_size import ImageSize, height_and_width
from gancli.data.images import ImageDataset
from gancli.data.torchvision_examples import Examples, VisionImages
from gancli.data.torchvision_sets import Part, VisionSet
from gancli.data_folder import data_folder
from gancli.errors import DataError

SAMPLED = 256  # images of a large set whose pixels are in its fingerprint


class TorchvisionSet(ImageDataset):
    """The training split of a set, read, downloaded and checked by torchvision; its test split is held out.

    The classes are those that the training split has examples of. A split without labels is unlabelled.

    Args:
        dataset: its class in ``torchvision.datasets``, say ``CIFAR10``.
        options: further keywords of that class, say ``{split: letters}`` for ``EMNIST``.
        root: the folder of its files; by default one of its own in the data folder.
        size: the height and the width to scale and crop to; by default, that of its images.
        channels: 3 for colour, 1 for grey; by default, that of its images.
        flip: mirror every second image, at random.
        memory_mb: megabytes for the decoded images; if they take more, each is read from its file every time.
        workers: processes that read them in that case.

    Raises:
        ValueError: torchvision has no such set of images with classes, or it has no such option; its images have
            different sizes, and no ``size`` is given.
        DataError: the files are not here and cannot be downloaded, or are damaged.
    """

    def __init__(
        self,
        *,
        dataset: str,
        options: dict[str, bool | int | float | str] | None = None,
        root: Path | None = None,
        size: ImageSize | None = None,
        channels: Literal[1, 3] | None = None,
        flip: bool = False,
        memory_mb: Annotated[int, Field(ge=0)] = 1024,
        workers: Annotated[int, Field(ge=0, le=64)] = 2,
    ) -> None:
        folder = data_folder() / "torchvision" / dataset if root is None else root.expanduser()
        self._source = VisionSet(dataset, folder, options or {})
        self._memory = memory_mb * 2**20
        sides = None if size is None else height_and_width(size)
        examples = Examples(self._source, self._source.training_part())
        files = VisionImages(examples, examples.shape(sides, channels), sizes_differ=sides is not None)
        images, labels = self._read(files)
        self._names = examples.class_names(labels) if labels.min() >= 0 else {}
        super().__init__(images, _renumbered(labels, self._names), tuple(self._names.values()), flip=flip)
        if isinstance(images, VisionImages):
            self.fingerprint = _fingerprint(images, labels)
        self.workers = workers if isinstance(images, VisionImages) else 0
        self.why_unlabelled = "" if self._names else f"this split of torchvision's {dataset} has no labels"
        self._read_as = (files.image_shape, files.sizes_differ)

    def held_out(self) -> ImageDataset | None:
        """Its test split, else its validation split; None if there is none, or if it cannot be had."""
        for part in self._source.held_out_parts():
            with suppress(DataError, ValueError):  # no such split; not here, and not to be downloaded; damaged
                if (found := self._held_out(part)) is not None:
                    return found
        return None

    def _held_out(self, part: Part) -> ImageDataset | None:
        shape, sizes_differ = self._read_as
        images, labels = self._read(VisionImages(Examples(self._source, part), shape, sizes_differ=sizes_differ))
        if not set(labels.tolist()) <= set(self._names or labels.tolist()):
            return None
        found = ImageDataset(images, _renumbered(labels, self._names), self.spec.class_names)
        if isinstance(images, VisionImages):
            found.fingerprint = _fingerprint(images, labels)
        return None if found.fingerprint == self.fingerprint else found

    def _read(self, files: VisionImages) -> tuple[Tensor | VisionImages, Tensor]:
        """The images, as pixels where there is memory for them, and their labels."""
        return files.read_all() if math.prod(files.shape) <= self._memory else (files, files.examples.labels())


def _renumbered(labels: Tensor, names: dict[int, str]) -> Tensor | None:
    """Labels from 0 on, in the order of ``names``; None if there are no names."""
    return torch.searchsorted(torch.tensor(sorted(names)), labels) if names else None


def _fingerprint(images: VisionImages, labels: Tensor) -> str:
    """A digest of the labels, and of some of the images: all of them would take as long as an epoch."""
    spread = torch.linspace(0, len(images) - 1, min(SAMPLED, len(images))).long()
    source = images.examples.source
    facts = f"{source.name} {sorted(source.options.items())} {images.shape}"
    return hashlib.sha256(f"{facts} {fingerprint(images[spread], labels)}".encode()).hexdigest()
