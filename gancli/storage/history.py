"""The history of a run: one JSON object a logged step, only ever appended to."""

import itertools
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

from gancli.errors import DataError
from gancli.files import naming
from gancli.storage.run_folder import RunFolder


class History:
    """The history of a run, open for writing.

    Args:
        path: the file; made if it is not there.
        last_step: on resume, lines of later steps are dropped, since these steps will be made again.

    Attributes:
        listener: gets every line after it is written.
    """

    listener: Callable[[Mapping[str, Any]], None] = staticmethod(lambda line: None)

    def __init__(self, path: Path, last_step: int | None = None) -> None:
        if last_step is not None and path.exists():
            lines = path.read_bytes().splitlines(keepends=True)
            keep = itertools.takewhile(lambda line: _step(line) <= last_step, lines)
            os.truncate(path, sum(map(len, keep)))
        self._path = path
        self._file: IO[str] = path.open("a", encoding="utf-8")

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been logged."""
        return not self._path.stat().st_size

    def log(self, step: int, values: Mapping[str, float], seconds: float) -> None:
        """Append one line: the step, the named losses, and the seconds of training so far."""
        self._append({"step": step, **round_to_float32(values), "seconds": round(seconds, 3)})

    def log_metrics(self, step: int, metrics: Mapping[str, float], end: str = "") -> None:
        """Append the numbers of an evaluation, under ``"metrics"``, and under ``"end"`` why it ends the training.

        One line, so that a kill in between cannot lose the half.
        """
        self._append({"step": step, "metrics": round_to_float32(metrics)} | ({"end": end} if end else {}))

    def log_event(self, step: int, kind: str, text: str) -> None:
        """Append a ``"warning"`` or a ``"notice"`` of a step, or the ``"origin"`` of the run."""
        self._append({"step": step, kind: text})

    def _append(self, line: dict[str, Any]) -> None:
        with naming(self._path):
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        self.listener(line)

    def sync(self) -> None:
        """Sync every line so far to the disk."""
        with naming(self._path):
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def round_to_float32(values: Mapping[str, float]) -> dict[str, float]:
    """The values with as many digits as float32 has."""
    return {name: float(f"{value:.7g}") for name, value in values.items()}


def _step(line: bytes) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError, RecursionError):  # torn by a crash, or not ours
        return math.inf


def read_history(run: Path, size: int | None = None) -> list[dict[str, Any]]:
    """The logged steps of a run; a last line that is torn or still being written is left out.

    Args:
        size: how many bytes are read; by default all.

    Raises DataError if there is no history.
    """
    path = run if run.is_file() else RunFolder(run).history
    try:
        lines = path.read_bytes()[:size].splitlines()
    except OSError as error:
        raise DataError(f"{run}: is not a run that has logged anything: {path.name}: {error.strerror}") from None
    return [json.loads(line) for line in lines if _step(line) < math.inf]
