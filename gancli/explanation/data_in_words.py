"""The facts of a dataset in words."""

from collections.abc import Sequence
from typing import Any, Protocol

MOST_NAMES = 12  # of classes that are listed


class Facts(Protocol):
    """Facts as a ``DataSpec`` has them, and as the header of a checkpoint says them."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def num_classes(self) -> int: ...
    @property
    def class_names(self) -> tuple[str, ...]: ...
    @property
    def source(self) -> Any: ...
    @property
    def is_image(self) -> bool: ...


def shape(data: Facts) -> str:
    """``images of shape 1×28×28``, and of the source images if there are some."""
    kind = f"{'images' if data.is_image else 'points'} of shape {'×'.join(map(str, data.shape))}"
    source = data.source
    if source is None:
        return kind
    return f"{kind}, to be made of images of shape {'×'.join(map(str, source.shape))} ({' to '.join(source.names)})"


def classes(data: Facts) -> str:
    """``, 10 classes: 0, 1, …``; empty without any."""
    return f", {data.num_classes:,} classes: {_some(data.class_names)}" if data.num_classes else ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{', '.join(names[:MOST_NAMES])}, …"
