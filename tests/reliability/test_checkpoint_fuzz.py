"""Whatever the header of a checkpoint says, it is loaded or a CheckpointError says why not."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gancli.errors import CheckpointError
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from tests.reliability.forgeries import REAL, read

SIZES = [
    pytest.param(1_000, id="quick"),
    pytest.param(10_000, id="full", marks=pytest.mark.full),
    pytest.param(1_000_000, id="night", marks=pytest.mark.night),
]
HEADER, TENSORS = read(REAL)
RAW = REAL.read_bytes()
START = 8 + int.from_bytes(RAW[:8], "little")
ENTRIES = {name: entry for name, entry in json.loads(RAW[8:START]).items() if name != "__metadata__"}
FIRST = {name: ENTRIES[name] for name in sorted(ENTRIES, key=lambda name: ENTRIES[name]["data_offsets"])[:2]}
DATA = RAW[START : START + max(entry["data_offsets"][1] for entry in FIRST.values())]
KEYS = [*HEADER, *HEADER["data"], *FIRST, "dtype", "shape", "data_offsets", "gan", "sha256", "__metadata__", "", "\x1b"]
TYPES = ["BOOL", "U8", "I64", "F16", "BF16", "F32", "F64", "F8_E4M3", "F8_E8M0", "F4", "C64", "U16", "f32"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, -1, 2, 4, 8, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**30])
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(TYPES + KEYS)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=6,
)


def mutate(draw: st.DrawFn, tree: dict[str, Any]) -> dict[str, Any]:
    """Drop, rename, replace or add something, at any depth."""
    tree = copy.deepcopy(tree)
    for _ in range(draw(st.integers(0, 2))):
        part: Any = tree
        while True:
            keys = list(part) if isinstance(part, dict) else list(range(len(part)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(part[key], dict | list) or draw(st.booleans()):
                change = draw(st.sampled_from(["drop", "rename", "replace", "replace"]))
                old = part.pop(key) if change in ("drop", "rename") else part[key]
                if change == "replace":
                    part[key] = draw(values)
                elif change == "rename" and isinstance(part, dict):
                    part[draw(st.sampled_from(KEYS) | st.text(max_size=3))] = old
                break
            part = part[key]
    return tree


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A checkpoint of two tensors with a changed header and description of itself; the digest may be right."""
    text = json.dumps(mutate(draw, HEADER))
    tensors = {name: TENSORS[name] for name in FIRST}
    metadata = {"gan": text, "sha256": checkpoint.digest(tensors, text)}
    header = json.dumps(mutate(draw, {"__metadata__": metadata, **FIRST})).encode(errors="surrogatepass")
    size = len(header) + draw(st.sampled_from([0] * 9 + [-1, 1, 8, 2**40]))
    return (size % 2**64).to_bytes(8, "little") + header + DATA[: draw(st.sampled_from([len(DATA)] * 9 + [0, 5]))]


@pytest.mark.parametrize("size", SIZES)
def test_it_is_loaded_or_refused(size: int) -> None:
    path, loaded = Path("x.safetensors"), []
    refused: list[str] = []

    def try_to_load(raw: bytes) -> None:
        path.write_bytes(raw)
        try:
            loaded.append(Checkpoint.load(path))
        except CheckpointError as error:
            refused.append(str(error))

    settings(max_examples=size)(given(files())(try_to_load))()
    assert all(message.startswith(f"{path}: ") and message.isprintable() for message in refused)
    assert min(len(loaded), len(refused)) > size / 50  # neither is rare
    assert list(Path().iterdir()) == [path]
