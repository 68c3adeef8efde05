"""The files of MNIST and of datasets in its format: found on disk or downloaded, verified, read.

The IDX format: http://yann.lecun.com/exdb/mnist/
"""

import errno
import gzip
import hashlib
import http.client
import socket
import urllib.error
import urllib.parse
import urllib.request
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancli.data_folder import data_folder, offline
from gancli.errors import DataError
from gancli.files import make_ready, write_whole
from gancli.progress import task

CONNECT_SECONDS = 10
MAX_UNPACKED = 64 * 2**20  # bytes, after decompression; MNIST's training images are 47 MB
CHUNK = 2**18  # bytes from one report of progress to the next


def load_idx(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    """Images of shape (N, 1, H, W), uint8, and labels of shape (N,), of ``"train"`` or ``"t10k"``.

    Raises DataError if a file is damaged.
    """
    images = _read(_file(folder, f"{split}-images-idx3-ubyte"))
    labels = _read(_file(folder, f"{split}-labels-idx1-ubyte"))
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise DataError(
            f"{folder}: the images have shape {images.shape} and the labels {labels.shape}; they do not match"
        )
    return torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels)


def load_held_out(folder: Path, name: str, mirror: str, md5: dict[str, str]) -> tuple[Tensor, Tensor] | None:
    """Images and labels of the test split, from ``folder`` or downloaded; None if they cannot be had.

    Raises DataError if a file that is there is damaged.
    """
    there = [place for place in (folder, data_folder() / name) if has_idx(place, "t10k")]
    with suppress(DataError):
        there = there or [download(name, mirror, md5)]
    return load_idx(there[0], "t10k") if there else None


def has_idx(folder: Path, split: str = "train") -> bool:
    """True if both files of a split lie in ``folder``, compressed or not."""
    return all(_file(folder, f"{split}-{part}").exists() for part in ("images-idx3-ubyte", "labels-idx1-ubyte"))


def _file(folder: Path, stem: str) -> Path:
    plain = folder / stem
    return plain if plain.exists() else folder / f"{stem}.gz"


def _read(path: Path) -> np.ndarray:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            raw = file.read(MAX_UNPACKED)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}; delete it to download it again") from None
    if len(raw) < 4 or raw[:3] != b"\0\0\x08":
        raise DataError(f"{path}: is not an IDX file of bytes; delete it to download it again")
    ndim = raw[3]
    shape = tuple(int.from_bytes(raw[4 + 4 * axis : 8 + 4 * axis]) for axis in range(ndim))
    if len(raw) != 4 + 4 * ndim + int(np.prod(shape)):
        raise DataError(f"{path}: is cut short or too long for its shape {shape}; delete it to download it again")
    return np.frombuffer(bytearray(raw), np.uint8, offset=4 + 4 * ndim).reshape(shape)


def download(name: str, mirror: str, md5: dict[str, str]) -> Path:
    """Fetch the files into the data folder, verify them, and return their folder.

    Raises DataError if the network is forbidden or fails, or if a file is not the one expected.
    """
    folder = data_folder() / name
    if offline():
        raise DataError("GAN_OFFLINE is set, so nothing is downloaded")
    try:
        make_ready(folder)
        for file, digest in md5.items():
            _fetch(mirror + file, folder / file, digest)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(_why_not(error, mirror, folder)) from None
    return folder


def _why_not(error: Exception, mirror: str, folder: Path) -> str:
    """The reason why a download failed, in plain words; those of the system, such as "[Errno -2]", say little."""
    host = urllib.parse.urlsplit(mirror).hostname
    if isinstance(error, urllib.error.HTTPError):
        return f"{host} answered with the status {error.code}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, socket.gaierror):
        return f"{host} cannot be found; is there a network?"
    if isinstance(reason, TimeoutError):
        return f"{host} did not answer in {CONNECT_SECONDS} seconds"
    if isinstance(reason, OSError) and reason.errno in (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT):
        return f"cannot write into {folder}: {reason.strerror}"
    return f"{host} cannot be reached: {getattr(reason, 'strerror', None) or reason}"


def _fetch(url: str, target: Path, md5: str) -> None:
    if target.exists():
        return
    with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response:  # noqa: S310 - our own address, and its bytes are verified
        raw = _receive(response, target.name)
    if hashlib.md5(raw, usedforsecurity=False).hexdigest() != md5:
        raise DataError(f"{url}: the bytes received are not the ones expected; try again later")
    write_whole(target, raw)


def _receive(response: http.client.HTTPResponse, name: str) -> bytes:
    """The body of a response, at most ``MAX_UNPACKED`` bytes, with its progress reported."""
    size = int(response.headers.get("Content-Length", 0))
    received = bytearray()
    with task(f"downloading {name}") as report:
        while len(received) < MAX_UNPACKED and (part := response.read(CHUNK)):
            received += part
            if size:
                report(min(1, len(received) / size))
    return bytes(received)
