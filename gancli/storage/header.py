"""The header of a checkpoint's file, read without torch, so that a mistake is reported at once."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gancli.errors import CheckpointError, printable
from gancli.names import composed
from gancli.storage.run_folder import checkpoint_files

MAX_HEADER_BYTES = 2 * 2**20
MAX_VALUES = 100_000  # in a header: an empty list is three bytes there, and a hundred times as many in memory


@dataclass(frozen=True)
class Facts:
    """Facts about a checkpoint's data that a command line can be checked against."""

    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    translates: bool = False
    model: str = ""  # its name in the recipe


def facts(place: Path) -> Facts | None:
    """Facts of a file, or of the newest checkpoint of a run; None if its header is damaged, which loading it explains.

    Raises CheckpointError if there is no checkpoint, or for a file that is not one.
    """
    for path in checkpoint_files(place):
        try:
            header = values(path)
            data = header["data"]
            shape = tuple(int(side) for side in data["shape"])
            class_names = tuple(composed(str(name)) for name in data["class_names"])
            return Facts(shape, class_names, data.get("source") is not None, str(header["recipe"]["model"]["name"]))
        except (OSError, ValueError) as error:
            if not place.is_dir():
                raise refusal(path, (error.strerror or str(error)) if isinstance(error, OSError) else error) from None
        except (LookupError, TypeError, AttributeError, RuntimeError):
            pass
    return None


def values(path: Path) -> Any:
    """The header of a checkpoint's file as it is written, unchecked; raises ValueError for another file, or OSError."""
    with open_file(path) as file:
        return json.loads(metadata(file, path.stat().st_size)["gan"])


def refusal(path: Path, reason: object) -> CheckpointError:
    """The error for a file that is not a checkpoint of ours, or is damaged."""
    return CheckpointError(f"{path}: not a checkpoint that can be loaded: {one_line(str(reason))}")


def open_file(path: Path) -> IO[bytes]:
    """Open what may be a checkpoint; raises ValueError for anything but a regular file."""
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait, reading a device would not end
        raise ValueError(f"it is {'a folder' if path.is_dir() else 'not a regular file'}")
    return path.open("rb")


def metadata(file: IO[bytes], found: int, key: str = "gan") -> dict[str, str]:
    """The metadata of a file of ``found`` bytes, which must have ``key``; other files are not read further."""
    start = file.read(9)
    # The length of a header may begin with the same bytes, but only a header's ninth byte is a brace.
    if len(start) == 9 and start[8:] != b"{" and (start[:2] == b"PK" or start[:1] == b"\x80"):
        raise ValueError("it is a pickle of PyTorch, which can run code; gan reads safetensors only")
    size = int.from_bytes(start[:8], "little")
    if len(start) < 9 or size > found - 8:
        raise ValueError(f"it is truncated, or not a safetensors file ({found} bytes)")
    if start[8:] != b"{":
        raise ValueError("it is not a safetensors file")
    if size > MAX_HEADER_BYTES:
        raise ValueError(f"its header has {size} bytes; at most {MAX_HEADER_BYTES} are read")
    text = b"{" + file.read(size - 1)
    if text.count(b",") > MAX_VALUES:
        raise ValueError(f"its header has more than {MAX_VALUES} values")
    entries = json.loads(text, object_pairs_hook=unique)
    found_metadata = entries.pop("__metadata__", None)
    if not isinstance(found_metadata, dict) or not isinstance(found_metadata.get(key), str):
        raise ValueError("it is a safetensors file that gan did not write")
    expected = 8 + size + max((entry["data_offsets"][1] for entry in entries.values()), default=0)
    if found != expected:
        raise ValueError(f"it is {'truncated' if found < expected else 'too long'}: {found} bytes of {expected}")
    return found_metadata


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON without a repeated key, of which another reader may take the other value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key of its header is repeated")
    return found


def one_line(text: str) -> str:
    """A text that may quote a stranger's words as one line of limited length, which a terminal does not obey."""
    return printable(text[:300])
