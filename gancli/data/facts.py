"""What a scan finds in files, in arrays: a million files take 100 MB."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from gancli.data.fitting import Sides

Value = TypeVar("Value")
COLUMNS = 8  # of ``rows``: size, mtime, ctime, inode; height, width; bits of a grey image of 16 bits; of one in colour
STATE, SIDES, GREY, COLOUR = slice(4), slice(4, 6), 6, 7


class Facts:
    """The facts of files by their places in a list of names.

    Attributes:
        digests: sha256, of shape (N, 32), uint8.
        rows: of shape (N, 8), int64; the state of a file is that before it was read.
        known: which of them have been read, of shape (N,).
        problems: of those that cannot be read.
    """

    def __init__(self, count: int) -> None:
        self.digests = np.zeros((count, 32), np.uint8)
        self.rows = np.zeros((count, COLUMNS), np.int64)
        self.known = np.zeros(count, bool)
        self.problems: dict[int, str] = {}


@dataclass(frozen=True, eq=False)
class Column(Mapping[str, Value]):
    """Values by name that are made of the rows of an array when they are asked for.

    Args:
        names: one a row, each once.
        rows: of shape (N, *).
        value: of a row.
    """

    names: list[str]
    rows: np.ndarray
    value: Callable[[np.ndarray], Value]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, name: str) -> Value:
        return self.value(self.rows[self._row_of[name]])

    def __contains__(self, name: object) -> bool:
        return name in self._row_of

    def items(self) -> ItemsView[str, Value]:
        return _Items(self)

    def values(self) -> ValuesView[Value]:
        return _Values(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_row_of"}  # workers need not have it

    def select(self, rows: np.ndarray) -> "Column[Value]":
        """The rows at these places alone."""
        return Column([self.names[row] for row in rows.tolist()], self.rows[rows], self.value)

    def below(self, folder: str) -> "Column[Value]":
        """The same with the folder's name before every name."""
        return Column([f"{folder}/{name}" for name in self.names], self.rows, self.value)

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}


class _Items(ItemsView[str, Value]):
    """Pairs in order, without a look for each name."""

    _mapping: Column[Value]

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        return zip(self._mapping.names, map(self._mapping.value, self._mapping.rows), strict=True)


class _Values(ValuesView[Value]):
    """Values in order, likewise."""

    _mapping: Column[Value]

    def __iter__(self) -> Iterator[Value]:
        return map(self._mapping.value, self._mapping.rows)


def hexadecimal(digest: np.ndarray) -> str:
    """A digest as text."""
    return digest.tobytes().hex()


def height_and_width(sides: np.ndarray) -> Sides:
    """Both as numbers of Python."""
    height, width = sides.tolist()
    return height, width
