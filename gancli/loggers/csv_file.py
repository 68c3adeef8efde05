"""A table of a training, for a spreadsheet or pandas."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gancli.files import write_whole
from gancli.loggers.base import End, LoggedRun, Logger

FILE = "losses.csv"
FIRST = "step"  # the first column


class CSVFile(Logger):
    """RUN/losses.csv: a row a logged step, a column for each loss, recorded number and metric; empty where none is.

    It is written anew from the history when a run is resumed, so it has what the history has.
    """

    def start(self, run: LoggedRun) -> int:
        self._path = run.folder / FILE
        if self._path.exists() and not self._path.read_bytes().startswith(FIRST.encode()):
            raise FileExistsError(f"{self._path}: is there already, and has no column {FIRST!r}; it is not overwritten")
        self._columns, self._row = [FIRST], {FIRST: -1.0}
        write_whole(self._path, _lines([self._columns]))
        return -1

    def log(self, step: int, values: Mapping[str, float]) -> None:
        if self._row[FIRST] != step:  # metrics of a step come after its losses
            self._write()
            self._row = {FIRST: step}
        self._row |= values

    def close(self, end: End) -> None:
        self._write()

    def _write(self) -> None:
        if self._row[FIRST] < 0:
            return
        if new := [name for name in self._row if name not in self._columns]:
            self._add(new)
        with self._path.open("ab") as file:
            file.write(_lines([[self._row.get(name, "") for name in self._columns]]))

    def _add(self, columns: list[str]) -> None:
        """Add columns, which are empty in the rows so far."""
        self._columns += columns
        rows = list(csv.reader(io.StringIO(self._path.read_text("utf-8"))))[1:]
        padded = [row + [""] * (len(self._columns) - len(row)) for row in rows]
        write_whole(self._path, _lines([self._columns, *padded]))


def _lines(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
