"""What changes if a file does: its size, its times of modification and of change, and its inode."""

import os
from pathlib import Path

LEAST_FILES = 1_000  # fewer are read again in a moment, so nothing of them is kept between runs
SETTLED_NS = 2_000_000_000  # a file that changed just before it was read may change again within one tick of its clock
State = tuple[int, int, int, int]  # size, mtime, ctime, inode


def state_of(path: Path | str) -> State:
    """What changes if a file does; times in nanoseconds."""
    return state_in(os.stat(path))  # noqa: PTH116 - as fast as can be, for a million files


def state_in(status: os.stat_result) -> State:
    """The part of a file's status that changes if the file does."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & (2**63 - 1)


def is_settled(state: State, began_ns: int) -> bool:
    """Whether a file had not changed just before a reading that began at this time."""
    return max(state[1:3]) < began_ns - SETTLED_NS
