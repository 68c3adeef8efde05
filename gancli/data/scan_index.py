"""An index of a folder that is kept between runs, so that a file that has not changed is not read again.

A file counts as unchanged if its size, its times of modification and of change (``mtime`` and ``ctime``, in
nanoseconds) and its inode are those of the scan; one in an archive, if these are those of the archive. The index only
saves time: one that is damaged, old or of another folder is not used, and it may be removed at any time.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import PIL

from gancli.data.facts import COLUMNS, STATE, Facts
from gancli.data.file_state import SETTLED_NS, State
from gancli.data.index_file import IndexFile, packed, unpacked

VERSION = 2
AT_ONCE = 4096  # files
NO_STATE = (-1, -1, -1, -1)


class ScanIndex:
    """The index of a folder.

    Args:
        place: of the images.
        kind: of frame that they are read for; not every image suits every kind.
    """

    def __init__(self, place: Path, kind: str) -> None:
        self._file = IndexFile("scan", VERSION, os.path.realpath(place), kind, PIL.__version__)

    def unchanged(
        self,
        names: Sequence[str],
        state_of: Callable[[str], State],
        facts: Facts,
        report: Callable[[float], None] = lambda share: None,
    ) -> None:
        """Add what is known of those files that have not changed.

        Args:
            names: of all files that are there now.
            state_of: what changes if a file does, by its name.
        """
        arrays = self._file.load()
        if not arrays:
            return
        row_of = {name: row for row, name in enumerate(unpacked(arrays["names"]))}
        kept = np.fromiter((row_of.get(name, -1) for name in names), np.int64, len(names))
        for first in range(0, len(names), AT_ONCE):
            part = names[first : first + AT_ONCE]
            facts.rows[first : first + len(part), STATE] = [_state_or_none(name, state_of) for name in part]
            report((first + len(part)) / len(names))
        rows = arrays["rows"].reshape(-1, COLUMNS)
        facts.known[:] = (kept >= 0) & (rows[kept, STATE] == facts.rows[:, STATE]).all(1) if len(rows) else False
        facts.rows[facts.known] = rows[kept[facts.known]]
        facts.digests[facts.known] = arrays["digests"].reshape(-1, 32)[kept[facts.known]]

    def keep(self, names: Sequence[str], facts: Facts, began_ns: int) -> None:
        """Keep what a scan found, which began at a time; of files without a problem that did not change just before.

        Nothing happens if it cannot be written.
        """
        is_good = facts.rows[:, 1:3].max(1, initial=0) < began_ns - SETTLED_NS
        is_good[list(facts.problems)] = False
        good = np.flatnonzero(is_good)
        self._file.save(
            {
                "names": packed([names[row] for row in good.tolist()]),
                "rows": facts.rows[good],
                "digests": facts.digests[good],
            }
        )


def _state_or_none(name: str, state_of: Callable[[str], State]) -> State:
    try:
        return state_of(name)
    except OSError:
        return NO_STATE
