"""What a checkpoint's file says of itself, read without torch: so that a mistake is answered at once."""

import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gancli.errors import CheckpointError, printable
from gancli.names import composed

MAX_HEADER_BYTES = 2 * 2**20
MAX_VALUES = 100_000  # in a header: an empty list is three bytes there, and a hundred times as many in memory
NAME = re.compile(r"^step-(\d{7,12})\.safetensors$")


@dataclass(frozen=True)
class Facts:
    """What a checkpoint was trained on, as far as a command line can be checked by it."""

    shape: tuple[int, ...]
    class_names: tuple[str, ...]


def facts(place: Path) -> Facts | None:
    """Facts of a file, or of the newest checkpoint of a run; None if its header is damaged: loading it says how.

    Raises CheckpointError if there is no checkpoint, or for a file that is none.
    """
    for path in files_of(place):
        try:
            with open_file(path) as file:
                text = metadata(file, path.stat().st_size)["gan"]
            data = json.loads(text)["data"]
            return Facts(
                tuple(int(side) for side in data["shape"]), tuple(composed(str(name)) for name in data["class_names"])
            )
        except (OSError, ValueError) as error:
            if not place.is_dir():
                raise refusal(path, (error.strerror or str(error)) if isinstance(error, OSError) else error) from None
        except (LookupError, TypeError, AttributeError, RuntimeError):
            pass
    return None


def refusal(path: Path, reason: object) -> CheckpointError:
    """The error for a file that is no checkpoint of ours, or is damaged."""
    return CheckpointError(f"{path}: not a checkpoint that can be loaded: {one_line(str(reason))}")


def files_of(place: Path) -> list[Path]:
    """A lone file, or the checkpoints of a run, newest first; raises CheckpointError if there are none."""
    if not place.exists():
        raise CheckpointError(f"{place}: there is no such checkpoint or run")
    paths = in_order(place / "checkpoints") if place.is_dir() else [place]
    if not paths:
        raise CheckpointError(f"{place}: holds no checkpoints/step-….safetensors; is it a run, and has it saved yet?")
    return paths


def in_order(folder: Path) -> list[Path]:
    """The checkpoints of a folder, newest first; by the step in the name, never by time."""
    steps = {path: int(match[1]) for path in folder.glob("*.safetensors") if (match := NAME.match(path.name))}
    return sorted(steps, key=lambda path: steps[path], reverse=True)


def open_file(path: Path) -> IO[bytes]:
    """Open what may be a checkpoint; raises ValueError for what is no file."""
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait, reading a device would not end
        raise ValueError(f"it is {'a folder' if path.is_dir() else 'no regular file'}")
    return path.open("rb")


def metadata(file: IO[bytes], found: int, key: str = "gan") -> dict[str, str]:
    """The metadata of a file of ``found`` bytes that has ``key``; what cannot be one of ours is read no further."""
    start = file.read(9)
    # The length of a header may begin with the same bytes, but only a header's ninth byte is a brace.
    if len(start) == 9 and start[8:] != b"{" and (start[:2] == b"PK" or start[:1] == b"\x80"):
        raise ValueError("it is a pickle of PyTorch, which can run code; gan reads safetensors only")
    size = int.from_bytes(start[:8], "little")
    if len(start) < 9 or size > found - 8:
        raise ValueError(f"it is truncated, or no safetensors file ({found} bytes)")
    if start[8:] != b"{":
        raise ValueError("it is no safetensors file")
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
    """An object of JSON without a key that stands twice, of which another reader may take the other value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("its header has a key twice")
    return found


def one_line(text: str) -> str:
    """A text that may quote a stranger's words as one line of limited length, which a terminal does not obey."""
    return printable(text[:300])
