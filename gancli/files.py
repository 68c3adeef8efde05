"""Files that are whole or not there at all, and that a loss of power cannot take back."""

import os
from pathlib import Path

PARTIAL = ".part"  # the ending of what is not yet whole


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file so that nobody ever sees a part of it; ``durable`` waits for the disk to hold it.

    An error leaves what was there before, and nothing else.
    """
    partial = path.with_name(f".{os.getpid()}{PARTIAL}")  # short: ``path`` may have the longest name there can be
    try:
        with partial.open("wb") as file:  # with the user's own umask
            file.write(content)
            if durable:  # the content before the name, or a crash could leave the name without the content
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk hold the folder's list of names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what a killed process left half written in a folder that is now ours."""
    for partial in folder.rglob(f".*{PARTIAL}"):
        partial.unlink(missing_ok=True)
