"""Files that are complete or absent, and that survive a loss of power."""

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from gancli.errors import UsageError

PARTIAL = ".part"  # the ending of a file that is not complete yet

MAX_NAME_BYTES = 80  # two of them, and the rest of a file's name, fit into the 255 of a file system


def file_name(name: str) -> str:
    """A name from a stranger as a part of a file's name; different names stay different.

    A character that is not a letter, a digit, a space or one of ``_.-`` becomes its code, such as ``%2F``; a long name
    is cut, and ends in a digest.
    """
    plain = re.sub(r"[^\w .-]", lambda match: quote(match[0], safe="", errors="surrogatepass"), name)
    if len(plain.encode()) <= MAX_NAME_BYTES:
        return plain
    from hashlib import sha256

    start = plain.encode()[: MAX_NAME_BYTES - 17].decode(errors="ignore")
    return f"{start}~{sha256(name.encode(errors='surrogatepass')).hexdigest()[:16]}"


def check_replaced(path: Path, *, force: bool) -> None:
    """Raise UsageError for a file that is there already, unless ``force`` lets it be replaced; and for a folder."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder, where a file is to be written; choose another --out")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{path}: is there already; --force replaces it, and another --out keeps it")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give the errors of the disk the file's name, which those of writing and syncing do not have."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


@contextmanager
def whole(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to, that gets its name when the block ends; nobody ever sees a part of it.

    ``durable`` waits for the disk to hold it. An error leaves what was there before, and nothing else.
    """
    # Short, for ``path`` may have the longest name there can be; no two threads of a machine have the same number.
    partial = path.with_name(f".{threading.get_native_id()}{PARTIAL}")
    try:
        with naming(path):  # errors name the path, and not the partial file
            with _open_locked(partial) as file:  # with the user's own umask
                yield file
                if durable:  # the content before the name, or a crash could leave the name without the content
                    file.flush()
                    os.fsync(file.fileno())
            partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file completely or not at all, as ``whole`` does."""
    with whole(path, durable=durable) as file:
        file.write(content)


def make_folder(path: Path, *, exist_ok: bool = False) -> None:
    """Make a folder, and those above it, so that a loss of power cannot take their names back."""
    if not path.parent.exists():
        make_folder(path.parent, exist_ok=True)
    path.mkdir(exist_ok=exist_ok)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Sync the folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with naming(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_ready(folder: Path) -> None:
    """Make a folder, and those above it; remove what a killed process left half written in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # a folder that cannot be listed can still be written to
        for partial in folder.glob(f".*{PARTIAL}"):
            if partial.stem[1:].isdecimal():
                _remove_unless_locked(partial)


def remove_partial_files(folder: Path) -> None:
    """Remove the incomplete files that a killed process left in a folder that is now ours, and in those below it."""
    for partial in folder.rglob(f".*{PARTIAL}"):
        _remove_unless_locked(partial)


def _open_locked(partial: Path) -> IO[bytes]:
    """Create a file, locked so that others see that it is being written; the lock ends with the process."""
    while True:
        file = partial.open("wb")
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_SH)
        if partial.exists():
            return file
        file.close()  # another process removed it as a leftover before it was locked


def _remove_unless_locked(partial: Path) -> None:
    """Remove a partial file, unless a living process is writing it."""
    with suppress(OSError):
        descriptor = os.open(partial, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()
        finally:
            os.close(descriptor)
