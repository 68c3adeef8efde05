"""Files that a stranger could hand over as a checkpoint."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from PIL import Image

from tests.reliability.forgeries import REAL, forge, read

CANARY = Path("canary")  # made by whoever runs the code in a file


class Bomb:
    """Unpickled, it makes the canary."""

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(CANARY), "w")


def assembled(entries: bytes, data: bytes = bytes(4)) -> bytes:
    """A safetensors file from the text of its header."""
    return len(entries).to_bytes(8, "little") + entries + data


def _with_entry(name: str, dtype: str = "F32", shape: str = "[1]", offsets: str = "[0,4]") -> bytes:
    """A checkpoint of one tensor, as JSON alone can say it."""
    text = json.dumps(json.dumps(read()[0]))
    entry = f'{json.dumps(name)}:{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'
    return f'{{"__metadata__":{{"gan":{text}}},{entry}}}'.encode()


def _overlapping() -> bytes:
    entry = b'"generator.b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
    return _with_entry("generator.a")[:-1] + b"," + entry + b"}"


def _a_tensor_twice() -> bytes:
    """The real file, whose digest still holds if of two equal keys the last is taken."""
    end = 8 + int.from_bytes(REAL_BYTES[:8], "little")
    name, entry = list(json.loads(REAL_BYTES[8:end]).items())[-1]
    header = REAL_BYTES[8:end].rstrip()[:-1] + f",{json.dumps({name: entry})[1:]}".encode()
    return assembled(header, REAL_BYTES[end:])


def _a_field_twice() -> bytes:
    header, tensors = read()
    return forge(json.dumps(header)[:-1] + ', "step": 41}', tensors)


def _pickled_array() -> bytes:
    file = io.BytesIO()
    np.savez(file, generator=np.array([Bomb()], dtype=object))
    return file.getvalue()


def _torch_file(*, in_a_zip: bool) -> bytes:
    file = io.BytesIO()
    torch.save({"generator": Bomb()}, file, _use_new_zipfile_serialization=in_a_zip)
    return file.getvalue()


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    return file.getvalue()


def _zipped_pickle() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(Bomb()))
    return file.getvalue()


def _sparse(start: bytes, size: int, path: Path) -> None:
    path.write_bytes(start)
    os.truncate(path, size)


def _bytes(make: Callable[[], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(make())


def _many_empty() -> bytes:
    entry = '"generator.%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    return assembled(b"{" + ",".join(entry % number for number in range(1_000_000)).encode() + b"}", b"")


REAL_BYTES = REAL.read_bytes()
FILES: dict[str, Callable[[Path], object]] = {  # what is put at a path
    "header of 2^63 bytes": _bytes(lambda: (2**63).to_bytes(8, "little") + b"{}"),
    "header longer than the file": _bytes(lambda: (len(REAL_BYTES)).to_bytes(8, "little") + REAL_BYTES[8:]),
    "header of 100 MB": partial(_sparse, (100_000_001).to_bytes(8, "little") + b"{", 200_000_000),
    "empty lists, as many as a header holds": _bytes(lambda: assembled(b'{"a":[' + b"[]," * 699_000 + b"[]]}")),
    "a tensor twice": _bytes(_a_tensor_twice),
    "a field twice": _bytes(_a_field_twice),
    "metadata twice": _bytes(lambda: assembled(b'{"__metadata__":{"gan":"1"},"__metadata__":{"gan":"2"}}', b"")),
    "tensors that overlap": _bytes(lambda: assembled(_overlapping())),
    "a hole between tensors": _bytes(lambda: assembled(_with_entry("generator.a", offsets="[4,8]"), bytes(8))),
    "negative offsets": _bytes(lambda: assembled(_with_entry("generator.a", offsets="[-4,4]"))),
    "offsets that are words": _bytes(lambda: assembled(_with_entry("generator.a", offsets='["0","4"]'))),
    "a tensor without offsets": _bytes(lambda: assembled(_with_entry("generator.a").replace(b"data_offsets", b"o"))),
    "a shape that overflows": _bytes(lambda: assembled(_with_entry("generator.a", shape="[4294967296,4294967297]"))),
    "a shape beyond torch's": _bytes(
        lambda: assembled(_with_entry("generator.a", "F32", f"[0,{2**63}]", "[0,0]"), b"")
    ),
    "a million empty tensors": _bytes(_many_empty),
    "no such type": _bytes(lambda: assembled(_with_entry("generator.a", dtype="F31"))),
    "a type torch lacks": _bytes(lambda: assembled(_with_entry("generator.a", "F8_E8M0", "[4]"))),
    "metadata that is no text": _bytes(lambda: assembled(b'{"__metadata__":{"gan":{"format":1}}}', b"")),
    "deep JSON": _bytes(lambda: assembled(b'{"a":' * 100_000 + b"}" * 100_000, b"")),
    "deep JSON within": _bytes(lambda: forge('{"a":' * 100_000 + "}" * 100_000, {})),
    "bytes that are no UTF-8": _bytes(lambda: assembled(b'{"__metadata__":{"gan":"\xff\xfe"}}', b"")),
    "a space before the header": _bytes(lambda: assembled(b" " + _with_entry("generator.a"))),
    "UTF-16": _bytes(lambda: assembled(_with_entry("generator.a").decode().encode("utf-16-le"))),
    "bytes behind the end": _bytes(lambda: REAL_BYTES + b"PK\x03\x04"),
    "a flipped bit": _bytes(lambda: REAL_BYTES[:-1] + bytes([REAL_BYTES[-1] ^ 1])),
    "no digest": _bytes(lambda: assembled(_with_entry("generator.a"))),
    "a safetensors file of others": _bytes(lambda: safetensors.torch.save({"a": torch.zeros(1)}, {"format": "pt"})),
    "a pickle": _bytes(lambda: pickle.dumps(Bomb())),
    "a zipped pickle": _bytes(_zipped_pickle),
    "torch.save": _bytes(lambda: _torch_file(in_a_zip=True)),
    "torch.save, as it was": _bytes(lambda: _torch_file(in_a_zip=False)),
    "an array of objects": _bytes(_pickled_array),
    "a picture": _bytes(_picture),
    "nothing": _bytes(lambda: b""),
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file of the system": lambda path: path.symlink_to("/etc/passwd"),
    "a link to itself": lambda path: path.symlink_to(path),
    "8 GB of nothing": partial(_sparse, b"", 8 * 10**9),
    "8 GB behind a header that is wrong": lambda path: _sparse(
        assembled(_with_entry("a", "U8", f"[{8 * 10**9}]", f"[0,{8 * 10**9}]").replace(b'step\\"', b'stop\\"'), b""),
        8 * 10**9 + len(_with_entry("a", "U8", f"[{8 * 10**9}]", f"[0,{8 * 10**9}]")) + 8,
        path,
    ),
}
