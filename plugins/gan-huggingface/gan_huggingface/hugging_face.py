"""A dataset that the library ``datasets`` reads: from the hub, or from Parquet files or folders of images here."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from gan_huggingface.columns import check_image, classes_of, labels_of
from gan_huggingface.loading import opened
from gancli import DataError, ImageDataset
from gancli.data.decoding import decode_to, reason_of
from gancli.data.fitting import Fit, Sides
from gancli.data.frames import Whole
from gancli.data.image_size import ImageSize, height_and_width
from gancli.progress import task

HELD_OUT = ("test", "validation")  # splits, the best one first


class HuggingFace(ImageDataset):
    """The images of one split, each scaled to one size and kept in memory; another split is held out.

    Read by the library ``datasets`` (Lhoest et al., 2021, https://arxiv.org/abs/2109.02846).

    Held out is the split ``test``, else ``validation``, unless it is trained on; without either, evaluation keeps a
    part of the images apart, as for a folder.

    Args:
        path: a name on the hub, such as ``ylecun/mnist``; or a folder or a Parquet file here.
        config: the configuration, for a dataset with several.
        split: to train on.
        image: the column of images.
        label: the column of classes; null, or no such column, for images without labels.
        size: the height and the width in pixels, or one number for a square.
        fit: ``crop`` covers that size and crops around the centre; ``pad`` shows the whole image on white; ``stretch``
            changes its proportions.
        channels: 3 for colour, 1 for grey.
        flip: mirror every second image, at random.
        memory_mb: megabytes that the images may take.

    Raises:
        ValueError: there is no such split or column, a column is of another type, or the images take too much memory.
        DataError: the data cannot be had, or an image or a label cannot be read.
    """

    def __init__(
        self,
        *,
        path: str | Path,
        config: str | None = None,
        split: str = "train",
        image: str = "image",
        label: str | None = "label",
        size: ImageSize = 32,
        fit: Fit = "crop",
        channels: Literal[1, 3] = 3,
        flip: bool = False,
        memory_mb: Annotated[int, Field(ge=1)] = 1024,
    ) -> None:
        self._splits, self._path = opened(str(path), config), path
        if split not in self._splits:
            raise ValueError(f"{path} has no split {split!r}; it has: {', '.join(self._splits)}")
        self._image, self._frame = image, Whole((channels, *height_and_width(size)), fit)
        self._memory = memory_mb * 2**20
        rows = self._splits[split]
        check_image(rows, image)
        self._label = None if label == "label" and label not in rows.column_names else label
        names = classes_of(rows, self._label)
        images, sides = self._pixels(rows, split)
        labels = labels_of(rows, self._label, names, split)
        super().__init__(images, labels, names, flip=flip)
        self.notice = "\n".join(self._frame.remarks(sides))
        self.why_unlabelled = (
            "" if names else f"no column of {path} is named as the one of labels; give dataset.label=…"
        )
        self._held_out_name = next((name for name in HELD_OUT if name in self._splits and name != split), None)

    def held_out(self) -> ImageDataset | None:
        """The split ``test``, else ``validation``; None if there is none, or if its classes are not known."""
        if (name := self._held_out_name) is None:
            return None
        rows = self._splits[name]
        try:
            check_image(rows, self._image)
            labels = labels_of(rows, self._label, self.spec.class_names, name)
        except (DataError, ValueError):  # many sets keep the labels of their test split to themselves
            return None
        return ImageDataset(self._pixels(rows, name)[0], labels, self.spec.class_names)

    def _pixels(self, rows: Any, split: str) -> tuple[Tensor, dict[str, Sides]]:
        """The images, of shape (N, C, H, W), uint8, and the height and width of each by its number."""
        shape = (len(rows), *self._frame.shape)
        if not len(rows):
            raise DataError(f"{self._path}: its split {split} is empty")
        if math.prod(shape) > self._memory:
            needed = math.prod(shape) / 2**20
            raise ValueError(
                f"the images take {needed:,.0f} MB; expected memory_mb: {math.ceil(needed)}, or a smaller size"
            )
        images, sides = torch.empty(shape, dtype=torch.uint8), {}
        with task(f"reading {len(rows):,} images") as report:
            for index, cell in enumerate(_encoded(rows, self._image)):
                images[index], sides[f"{split}[{index}]"] = self._decoded(cell, f"{self._path}: {split}[{index}]")
                report((index + 1) / len(rows))
        return images, sides

    def _decoded(self, cell: Any, place: str) -> tuple[Tensor, Sides]:
        try:
            raw = cell["bytes"] if cell["bytes"] is not None else Path(cell["path"]).read_bytes()
            found = decode_to(raw, self._frame)
        except Exception as error:
            problem = "has no image" if cell is None else reason_of(error)
            raise DataError(f"{place}: {problem}") from None
        return found.pixels, found.sides


def _encoded(rows: Any, column: str) -> Any:
    """The files in a column as they are stored; they are decoded here, by the decoders that gan trusts."""
    from datasets import Image

    encoded = rows.select_columns([column]).cast_column(column, Image(decode=False))
    return (row[column] for row in encoded)
