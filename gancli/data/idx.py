"""The files of MNIST and its look-alikes: found on disk or downloaded, verified, read.

The IDX format: http://yann.lecun.com/exdb/mnist/
"""

import errno
import gzip
import hashlib
import http.client
import os
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

from gancli.data.folders import data_folder
from gancli.errors import DataError

CONNECT_SECONDS = 10
MAX_BYTES = 64 * 2**20  # unpacked; MNIST's training images are 47 MB


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
    """Whether both files of a split lie in ``folder``, packed or not."""
    return all(_file(folder, f"{split}-{part}").exists() for part in ("images-idx3-ubyte", "labels-idx1-ubyte"))


def _file(folder: Path, stem: str) -> Path:
    plain = folder / stem
    return plain if plain.exists() else folder / f"{stem}.gz"


def _read(path: Path) -> np.ndarray:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            raw = file.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}; delete it to fetch it anew") from None
    if len(raw) < 4 or raw[:3] != b"\0\0\x08":
        raise DataError(f"{path}: is no IDX file of bytes; delete it to fetch it anew")
    ndim = raw[3]
    shape = tuple(int.from_bytes(raw[4 + 4 * axis : 8 + 4 * axis]) for axis in range(ndim))
    if len(raw) != 4 + 4 * ndim + int(np.prod(shape)):
        raise DataError(f"{path}: is cut short or too long for its shape {shape}; delete it to fetch it anew")
    return np.frombuffer(bytearray(raw), np.uint8, offset=4 + 4 * ndim).reshape(shape)


def offline() -> bool:
    """Whether the user forbids the network."""
    return os.environ.get("GAN_OFFLINE", "") not in ("", "0")


def download(name: str, mirror: str, md5: dict[str, str]) -> Path:
    """Fetch the files into the data folder, verify them, and return their folder.

    Raises DataError if the network is forbidden or fails, or if a file is not the one expected.
    """
    folder = data_folder() / name
    if offline():
        raise DataError("GAN_OFFLINE is set, so nothing is downloaded")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, digest in md5.items():
            _fetch(mirror + file, folder / file, digest)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(_why_not(error, mirror, folder)) from None
    return folder


def _why_not(error: Exception, mirror: str, folder: Path) -> str:
    """Why a download failed, in words: those of the system, such as "[Errno -2]", say little."""
    host = urllib.parse.urlsplit(mirror).hostname
    if isinstance(error, urllib.error.HTTPError):
        return f"{host} answered with the status {error.code}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, socket.gaierror):
        return f"{host} is not known here: there is no network, it seems"
    if isinstance(reason, TimeoutError):
        return f"{host} did not answer in {CONNECT_SECONDS} seconds"
    if isinstance(reason, OSError) and reason.errno in (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT):
        return f"nothing can be written into {folder}: {reason.strerror}"
    return f"{host} cannot be reached: {getattr(reason, 'strerror', None) or reason}"


def _fetch(url: str, target: Path, md5: str) -> None:
    from rich.console import Console
    from rich.progress import wrap_file

    if target.exists():
        return
    with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response:  # noqa: S310 - our own address, and its bytes are verified
        size = int(response.headers.get("Content-Length", 0))
        with wrap_file(response, size, description=target.name, console=Console(stderr=True), transient=True) as stream:
            raw = stream.read(MAX_BYTES)
    if hashlib.md5(raw, usedforsecurity=False).hexdigest() != md5:
        raise DataError(f"{url}: found other bytes than expected; try again later")
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(raw)
    partial.rename(target)
