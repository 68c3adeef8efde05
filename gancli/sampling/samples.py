"""Samples of a generator, for the user of the library: a tensor that a notebook shows as a picture."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, overload

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gancli.data.budget import Budget
from gancli.errors import UsageError
from gancli.sampling.animation import frames, write_animation
from gancli.sampling.classes import column_count, listed
from gancli.sampling.endings import is_animation, is_video
from gancli.sampling.images import sheet, to_pixels
from gancli.sampling.labels import in_turn
from gancli.sampling.sample_files import write_samples

SHOWN = Budget(most=400, least=16, usual=(1, 28, 28))  # images of a picture in a notebook; of more, the first are shown


class Samples(Tensor):
    """A tensor of shape (N, C, H, W) in [-1, 1], or (N, D) for points, on the CPU, that a notebook shows as a picture.

    torch, NumPy and matplotlib take it as any other tensor, and what they compute from it is a plain tensor.
    ``samples[3]``, ``samples[:8]`` and other rows are Samples too, with the labels of these rows.

    Args:
        tensor: the samples.
        labels: the number of each sample's class, of shape (N,); None for a model without classes.
        class_names: of the labels.
        columns: of the picture; by default a column a class if the classes come in turn, or as square as can be.
    """

    labels: Tensor | None
    class_names: tuple[str, ...]
    columns: int | None

    # As nn.Parameter does it: what is computed from it is a plain tensor.
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __new__(
        cls,
        tensor: Tensor,
        labels: Tensor | None = None,
        class_names: tuple[str, ...] = (),
        columns: int | None = None,
    ) -> Self:
        samples: Self = tensor.as_subclass(cls)
        samples.labels, samples.class_names, samples.columns = labels, class_names, columns
        return samples

    @property
    def tensor(self) -> Tensor:
        """The same numbers in the same memory, as a plain tensor."""
        return self.as_subclass(Tensor)

    @property
    def pixels(self) -> np.ndarray:
        """Images as uint8, of shape (N, H, W), or (N, H, W, 3) in colour; raises UsageError for points."""
        if self._rows.ndim != 4:
            raise UsageError("pixels: these samples are points, and only images have pixels")
        return to_pixels(self._rows)

    def picture(self) -> Image.Image:
        """The picture that ``gan sample`` draws: a grid of images, or a scatter plot of points."""
        return Image.fromarray(sheet(self._rows, *self._layout))

    def save(self, path: Path | str) -> Path:
        """Write the samples as the ending of ``path`` says, and return the path; what is there is replaced.

        ``.png`` and ``.jpg`` are one picture, ``.gif`` and ``.webp`` an animation there and back, ``.mp4`` and
        ``.webm`` a video, ``.npz`` has the arrays, and a folder, which has no ending, gets one PNG an image.

        Raises UsageError for another ending, and for a video if PyAV is not installed.
        """
        path, rows = Path(path), self._rows
        if is_animation(path) and rows.ndim == 4:
            write_animation(path, frames([rows]), there_and_back=not is_video(path))
        else:
            labels = None if self.labels is None else self.labels.reshape(-1)
            write_samples(path, [rows], tuple(rows.shape), labels, self.class_names, self._layout[0])
        return path

    @property
    def _rows(self) -> Tensor:
        """One sample or many, of shape (N, *shape)."""
        return self.tensor if self.ndim in (2, 4) else self.tensor.unsqueeze(0)

    @property
    def _layout(self) -> tuple[int | None, tuple[str, ...]]:
        """The columns of the picture, and the names above them."""
        names, n = self.class_names, len(self._rows)
        if self.columns is not None or self.labels is None or not names:
            return self.columns and min(n, self.columns), ()
        columns = column_count(n, names) if self.labels.equal(in_turn(n, len(names))) else None
        return columns, names

    def _repr_png_(self) -> bytes | None:
        if self.ndim not in (1, 2, 3, 4) or not self.numel():
            return None
        shown = SHOWN.examples(self.shape[1:]) if self.ndim == 4 else len(self)
        content = io.BytesIO()
        few = self if len(self) <= shown else self[:shown]
        few.picture().save(content, "PNG")
        return content.getvalue()

    def __repr__(self) -> str:  # type: ignore[override]  # torch's own takes what only torch gives it
        rows = self._rows
        kind = f"{'image' if rows.ndim == 4 else 'point'}{'' if len(rows) == 1 else 's'}"
        text = f"<{len(rows):,} {kind} of shape {tuple(rows.shape[1:])}"
        if self.labels is not None:
            present = [self.class_names[label] for label in self.labels.unique().tolist()]
            text += f" of class{'' if len(present) == 1 else 'es'} {listed(present)}"
        return f"{text}>"

    @overload
    def __getitem__(self, index: int | slice | Sequence[int] | np.ndarray) -> "Samples": ...
    @overload
    def __getitem__(self, index: Any) -> Tensor: ...
    def __getitem__(self, index: Any) -> Tensor:
        chosen = self.tensor[index]
        is_of_rows = isinstance(index, int | slice) or (not isinstance(index, tuple) and np.ndim(index) == 1)
        if not is_of_rows or self.ndim not in (2, 4):
            return chosen
        labels = None if self.labels is None else self.labels[index]
        return Samples(chosen, labels, self.class_names, self.columns)

    def __iter__(self) -> Iterator["Samples"]:
        return (self[row] for row in range(len(self)))

    def __deepcopy__(self, memo: dict[int, Any]) -> "Samples":
        return Samples(self.tensor.clone(), self.labels, self.class_names, self.columns)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.tensor.__reduce_ex__(protocol)  # a saved file is a plain tensor, which torch.load takes
