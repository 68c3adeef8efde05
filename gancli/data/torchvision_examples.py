"""The examples of one of torchvision's sets as pixels and classes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Self

import torch
from PIL import Image
from torch import Tensor

from gancli.data.decoding import reason_of
from gancli.data.frames import Shape, to_pixels
from gancli.data.torchvision_sets import Part, VisionSet
from gancli.errors import DataError, is_out_of_memory
from gancli.progress import task

LABELS = ("targets", "labels", "_labels", "y")  # attributes that hold the labels in the order of the examples
PAIRS = ("samples", "_samples", "index")  # attributes that hold pairs of a file and its label, either of them first
PROBED = 32  # examples that are read to see what a set holds


class Examples:
    """Images and labels of a split by index. They travel to another process as the set's name, which opens it there.

    Raises:
        ValueError: an example is not an image with the number of its class.
        DataError: there are none, or one cannot be read.
    """

    def __init__(self, source: VisionSet, part: Part) -> None:
        self.source, self.part = source, part
        self.opened = source.obtain(part)
        if len(self) == 0:
            raise DataError(f"{source.name} in {source.root} has no examples; delete the folder to download it again")
        for index in range(min(PROBED, len(self))):
            self[index]

    def __len__(self) -> int:
        return len(self.opened)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        try:
            image, label = self.opened[index]
        except Exception as error:
            raise self.damaged(index, error) from None
        is_number = isinstance(label, int) or getattr(label, "shape", None) == ()
        if not (isinstance(image, Image.Image) and is_number):
            found = f"holds a {type(image).__name__} with a {type(label).__name__}"
            raise ValueError(f"{self.source.name} {found}; expected images with the number of their class")
        return image, int(label)

    def damaged(self, index: int, error: Exception) -> Exception:
        """The error of an example that cannot be read."""
        if is_out_of_memory(error):
            return error
        place = f"example {index} of {self.source.name} in {self.source.root}"
        return DataError(f"{place}: {reason_of(error)}; delete the folder to download it again")

    def shape(self, sides: tuple[int, ...] | None, channels: int | None) -> Shape:
        """(C, H, W): of the first images, unless they are given."""
        probed = [self[index][0] for index in range(min(PROBED, len(self)))]
        height, width = sides or probed[0].size[::-1]
        is_grey = all(image.mode in ("1", "L") for image in probed)
        return channels or (1 if is_grey else 3), height, width

    def labels(self) -> Tensor:
        """Of all, of shape (N,), without a look at their images where the set keeps a list of them."""
        spread = torch.linspace(0, len(self) - 1, min(PROBED, len(self))).long().tolist()
        for found in self._listed():
            if len(found) == len(self) and all(int(found[index]) == self[index][1] for index in spread):
                return found
        with task(f"reading the labels of {len(self):,} images"):
            return torch.tensor([self[index][1] for index in range(len(self))])

    def class_names(self, labels: Tensor) -> dict[int, str]:
        """The name of every label that an example has, as torchvision has it, else its number; all different."""
        listed = getattr(self.opened, "classes", ())
        found: dict[int, str] = {}
        for label in labels.unique().tolist():
            name = listed[label] if label < len(listed) else label
            name = ", ".join(name) if isinstance(name, tuple) else str(name)  # the synonyms of ImageNet
            found[label] = f"{name} ({label})" if name in found.values() else name
        return found

    def _listed(self) -> Iterator[Tensor]:
        """Lists of whole numbers that may be the labels."""
        lists = [getattr(self.opened, name) for name in LABELS if hasattr(self.opened, name)]
        for pairs in (getattr(self.opened, name) for name in PAIRS if hasattr(self.opened, name)):
            lists += zip(*pairs, strict=True) if isinstance(pairs[0], Sequence) else []
        for values in lists:
            with suppress(TypeError, ValueError):  # names of files, None, or several labels an example
                yield torch.tensor([int(value) for value in values])

    def __getstate__(self) -> dict[str, Any]:
        return {"source": self.source, "part": self.part}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, opened=state["source"].open(state["part"]))


class VisionImages:
    """Images by index, each read and scaled when it is asked for.

    Args:
        shape: (C, H, W) of an image.
        sizes_differ: whether images of another size are scaled and cropped; else they are an error.
    """

    device = torch.device("cpu")

    def __init__(self, examples: Examples, shape: Shape, *, sizes_differ: bool) -> None:
        self.examples, self.image_shape, self.sizes_differ = examples, shape, sizes_differ
        self.shape = (len(examples), *shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, indices: Tensor) -> Tensor:
        return torch.stack([self.read(int(index))[0] for index in indices])  # (N, C, H, W)

    def to(self, device: torch.device) -> Self:
        return self

    def read(self, index: int) -> tuple[Tensor, int]:
        """The pixels and the label of an example; ValueError for one of another size, DataError for a damaged one."""
        image, label = self.examples[index]
        if not self.sizes_differ and image.size[::-1] != self.image_shape[1:]:
            first, other = ("×".join(map(str, sides)) for sides in (self.image_shape[1:], image.size[::-1]))
            raise ValueError(
                f"the images of {self.examples.source.name} have different sizes, such as {first} and {other}; "
                "give the one to scale and crop them to, for example size: 64"
            )
        try:
            return to_pixels(image, self.image_shape), label
        except Exception as error:
            raise self.examples.damaged(index, error) from None

    def read_all(self) -> tuple[Tensor, Tensor]:
        """The pixels of all, of shape (N, C, H, W), uint8, and their labels, of shape (N,)."""
        images, labels = torch.empty(self.shape, dtype=torch.uint8), torch.empty(len(self), dtype=torch.long)
        with task(f"reading {len(self):,} images") as report:
            for index in range(len(self)):
                images[index], labels[index] = self.read(index)
                report((index + 1) / len(self))
        return images, labels
