"""An index of a folder that is kept between runs, so that a file that has not changed is not read again.

A file counts as unchanged if its size, its times of modification and of change (``mtime`` and ``ctime``, in
nanoseconds) and its inode are those of the scan. The index only saves time: one that is damaged, old or of another
folder is not used, and it may be removed at any time.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gancli.data_folder import data_folder
from gancli.files import make_ready, write_whole

VERSION = 1
LEAST_FILES = 1_000  # fewer are read again in a moment
SETTLED_NS = 2_000_000_000  # a file that changed just before a scan may change again within one tick of its clock
State = tuple[int, int, int, int]  # size, mtime, ctime, inode


@dataclass(frozen=True, slots=True)
class Facts:
    """What a scan has found in a file."""

    digest: str = ""
    problem: str = ""
    sides: tuple[int, int] = (0, 0)
    grey_bits: int = 0
    colour_bits: int = 0
    state: State | None = None  # of the file, before it was read


def state_of(path: Path) -> State:
    """What changes if a file does."""
    status = os.stat(path)  # noqa: PTH116 - as fast as can be, for a million files
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & (2**63 - 1)


class ScanIndex:
    """The index of a folder.

    Args:
        folder: with the images.
        kind: of frame that they are read for; not every image suits every kind.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        facts = (VERSION, os.path.realpath(folder), kind, PIL.__version__)
        self._key = hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()
        self.path = data_folder() / "indexes" / f"{self._key[:32]}.safetensors"

    def unchanged(self, names: Sequence[str]) -> dict[int, Facts]:
        """What is known of those files that have not changed, by their places in ``names``."""
        kept, rows, digests = self._load()
        place = {name: row for row, name in enumerate(kept)}
        found: dict[int, Facts] = {}
        for index, name in enumerate(names):
            if (row := place.get(name)) is None:
                continue
            with suppress(OSError):
                state = state_of(self.folder / name)
                if state == tuple(rows[row, :4].tolist()):
                    height, width, grey, colour = rows[row, 4:].tolist()
                    found[index] = Facts(digests[row].tobytes().hex(), "", (height, width), grey, colour, state)
        return found

    def keep(self, names: Sequence[str], found: Mapping[int, Facts], began_ns: int) -> None:
        """Keep what a scan found, which began at a time; of files without a problem that did not change just before.

        Nothing happens if it cannot be written.
        """
        settled = began_ns - SETTLED_NS
        good = {
            names[index]: facts
            for index, facts in found.items()
            if facts.state and not facts.problem and max(facts.state[1:3]) < settled
        }
        rows = [
            (*facts.state, *facts.sides, facts.grey_bits, facts.colour_bits) for facts in good.values() if facts.state
        ]
        tensors: dict[str, np.ndarray] = {
            "names": np.frombuffer(json.dumps(list(good)).encode(), np.uint8),
            "rows": np.array(rows, np.int64).reshape(-1, 8),
            "digests": np.frombuffer(bytes.fromhex("".join(facts.digest for facts in good.values())), np.uint8),
        }
        with suppress(OSError):
            make_ready(self.path.parent)
            write_whole(self.path, save(tensors, {"key": self._key, "sha256": _digest(tensors)}))

    def _load(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        try:
            raw = self.path.read_bytes()
            length = int.from_bytes(raw[:8], "little")
            about = json.loads(raw[8 : 8 + length])["__metadata__"]
            tensors = load(raw)
            if (about["key"], about["sha256"]) == (self._key, _digest(tensors)):
                names = json.loads(tensors["names"].tobytes())
                return names, tensors["rows"], tensors["digests"].reshape(-1, 32)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            pass
        return [], np.empty((0, 8), np.int64), np.empty((0, 32), np.uint8)


def _digest(tensors: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape}\n".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()
