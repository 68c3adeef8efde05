"""The files in an archive and where they lie in it: found once, and kept between runs."""

import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from gancli.data.file_state import LEAST_FILES, State, is_settled, state_of
from gancli.data.index_file import IndexFile, packed, unpacked
from gancli.data.member_checks import refuse_twice
from gancli.data.tar_members import tar_members
from gancli.data.zip_members import zip_members
from gancli.progress import task

VERSION = 1


@dataclass(frozen=True)
class Members:
    """The files and folders of an archive.

    Attributes:
        state: of the archive, before it was read.
        names: relative and checked; those of folders end with a slash.
        rows: of shape (N, 5), int64: offset, bytes in the archive, bytes, CRC-32, method.
    """

    state: State
    names: list[str]
    rows: np.ndarray


def members_of(archive: Path) -> Members:
    """The members of a zip or tar archive.

    Raises DataError for one that is torn, or that holds what may not be in it; the member is named.
    """
    return _members(archive, state_of(archive))


@lru_cache(maxsize=2)  # those of a set's parts; shards are many, and each is asked for once
def _members(archive: Path, state: State) -> Members:
    began, index = time.time_ns(), IndexFile("members", VERSION, os.path.realpath(archive), state)
    if arrays := index.load():
        return Members(state, unpacked(arrays["names"]), arrays["rows"])
    with task(f"looking for images in {archive.name}"):
        names, found = (zip_members if archive.suffix.lower() == ".zip" else tar_members)(archive)
    refuse_twice(archive, (name for name in names if not name.endswith("/")))
    rows = np.array(found, np.int64).reshape(-1, 5)
    if len(names) >= LEAST_FILES and is_settled(state, began):
        index.save({"names": packed(names), "rows": rows})
    return Members(state, names, rows)
