"""Arrays that are kept between runs and only save time: those that are damaged or of something else are not used."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gancli.data_folder import data_folder
from gancli.files import make_ready, write_whole


class IndexFile:
    """One file of the data folder's ``indexes``.

    Args:
        facts: what the arrays depend on; with others, they are not found.
    """

    def __init__(self, *facts: object) -> None:
        self._key = hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()
        self.path = data_folder() / "indexes" / f"{self._key[:32]}.safetensors"

    def load(self) -> dict[str, np.ndarray]:
        """The arrays; empty if there are none that can be used."""
        with suppress(OSError, ValueError, KeyError, TypeError, SafetensorError):
            raw = self.path.read_bytes()
            length = int.from_bytes(raw[:8], "little")
            about = json.loads(raw[8 : 8 + length])["__metadata__"]
            arrays = load(raw)
            if (about["key"], about["sha256"]) == (self._key, _digest(arrays)):
                return arrays
        return {}

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep them; nothing happens if that cannot be written."""
        with suppress(OSError):
            make_ready(self.path.parent)
            write_whole(self.path, save(dict(arrays), {"key": self._key, "sha256": _digest(arrays)}))


def packed(names: list[str]) -> np.ndarray:
    """Names as bytes."""
    return np.frombuffer(json.dumps(names).encode(), np.uint8)


def unpacked(names: np.ndarray) -> list[str]:
    """The names that ``packed`` made bytes of."""
    return list(json.loads(names.tobytes()))


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape}\n".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
