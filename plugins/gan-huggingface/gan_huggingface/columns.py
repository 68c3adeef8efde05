"""The columns of a split: which one holds images, and the classes of another."""

from typing import Any

import torch
from torch import Tensor

from gancli import DataError


def check_image(rows: Any, column: str) -> None:
    """Raises ValueError for a column that is not there or holds no images; those that do are named."""
    from datasets import Image

    there = [name for name, feature in rows.features.items() if isinstance(feature, Image)]
    if column in there:
        return
    way_out = f"columns of images: {', '.join(there) or 'none'}"
    if column in rows.features:
        raise ValueError(f"image: the column {column!r} holds {_type(rows.features[column])} and no images; {way_out}")
    raise ValueError(f"image: there is no column {column!r}; columns: {', '.join(rows.features)}; {way_out}")


def classes_of(rows: Any, column: str | None) -> tuple[str, ...]:
    """The names of the classes: as the dataset names them, else its numbers or texts in order."""
    from datasets import ClassLabel

    if column is None:
        return ()
    if column not in rows.features:
        raise ValueError(f"label: there is no column {column!r}; columns: {', '.join(rows.features)}; null for none")
    feature = rows.features[column]
    if isinstance(feature, ClassLabel):
        return tuple(feature.names)
    if str(getattr(feature, "dtype", "")) not in ("string", "large_string", "bool") and not _is_whole(feature):
        raise ValueError(f"label: the column {column!r} holds {_type(feature)}; expected classes, numbers or texts")
    return tuple(str(value) for value in sorted(value for value in set(rows[column]) if value is not None))


def labels_of(rows: Any, column: str | None, names: tuple[str, ...], split: str) -> Tensor | None:
    """The class of every image, of shape (N,); None without classes. Raises DataError for one that is not known."""
    from datasets import ClassLabel

    if column is None:
        return None
    if column not in rows.features:
        raise ValueError(f"label: there is no column {column!r} in the split {split}")
    feature, values = rows.features[column], list(rows[column])
    if isinstance(feature, ClassLabel):
        values = [
            feature.names[value] if value is not None and 0 <= value < len(feature.names) else None for value in values
        ]
    numbers = {name: number for number, name in enumerate(names)}
    found = [-1 if value is None else numbers.get(str(value), -1) for value in values]
    if -1 in found:
        index = found.index(-1)
        raise DataError(
            f"{split}[{index}]: found {values[index]!r} in the column {column!r}, expected one of its classes"
        )
    return torch.tensor(found)


def _is_whole(feature: Any) -> bool:
    return str(getattr(feature, "dtype", "")).startswith(("int", "uint"))


def _type(feature: Any) -> str:
    return str(getattr(feature, "dtype", None) or type(feature).__name__)
