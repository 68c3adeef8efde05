"""A run's directory: made for one run, held by one writer, swept of what a killed one left."""

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gancli.errors import CheckpointError, RunLockedError, StorageError, UsageError, printable
from gancli.storage.files import PARTIAL, make_folder, naming

LOCK = ".lock"
MAX_NAME = 255  # characters, as a checkpoint has


def make(name: str, wanted: Path | None = None) -> tuple[Path, IO[str]]:
    """Make a directory that no other run has, and hold it: ``wanted``, or the first free of runs/NAME, runs/NAME-2, …

    Raises UsageError if ``wanted`` has something in it, RunLockedError if another process has just begun there.
    """
    if wanted is not None:
        make_folder(wanted, exist_ok=True)
        # In this order: whoever begins there at the same time makes the lock first. It is not left in what is no run.
        if not _is_used(wanted) or (wanted / LOCK).exists():
            held = hold(wanted)
            if not _is_used(wanted):
                return wanted, held
            held.close()
        raise UsageError(f"{wanted}: is not empty; name a new directory, or go on with: gan train --resume {wanted}")
    for number in itertools.count(1):
        directory = Path("runs") / (name if number == 1 else f"{name}-{number}")
        try:
            make_folder(directory)
        except FileExistsError:
            continue
        return directory, hold(directory)
    raise AssertionError("there are endless numbers")


def _is_used(directory: Path) -> bool:
    """Whether there is more in it than what a run leaves that was killed as it began."""
    return any(path.name != LOCK and path.suffix != PARTIAL for path in directory.iterdir())


def name_of(directory: Path) -> str:
    """What a run is called: the last part of its path, as a terminal may see it."""
    return printable(directory.resolve().name)[:MAX_NAME]


@contextmanager
def given_back(directory: Path, *, is_ours: bool) -> Iterator[None]:
    """If the block fails before there is a run, leave nothing behind of what was made for it.

    A directory that was there before, which is not ours, stays.
    """
    try:
        yield
    except BaseException:
        if not (directory / "recipe.yaml").exists():
            with suppress(OSError):  # what else is in it stays
                (directory / "dataset.sha256").unlink(missing_ok=True)
                (directory / LOCK).unlink(missing_ok=True)
                if is_ours:
                    directory.rmdir()
        raise


def enter(directory: Path) -> IO[str]:
    """Hold the directory of a run that has been started before.

    Raises CheckpointError if it is none, RunLockedError if another process holds it.
    """
    if not (directory / "recipe.yaml").is_file() and not (directory / "checkpoints").is_dir():
        raise CheckpointError(f"{directory}: holds no checkpoints and no recipe.yaml, so it is no run")
    return hold(directory)


def hold(directory: Path) -> IO[str]:
    """Hold a directory for one writer; the lock goes with the process, however it ends.

    Raises RunLockedError if another process holds it.
    """
    file = (directory / LOCK).open("a")
    try:
        with naming(directory / LOCK):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The one that held it may have given up, and have removed the file that was opened above.
        if os.fstat(file.fileno()).st_nlink == 0:
            raise BlockingIOError
    except BlockingIOError:
        file.close()
        raise RunLockedError(f"{directory}: another process is training here") from None
    return file


def check_space(directory: Path, needed: int) -> None:
    """Raises StorageError if the disk has fewer than ``needed`` bytes left: better now than at the first checkpoint."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise StorageError(
            f"{directory}: the disk has {free / 1e6:,.1f} MB free, and the checkpoints of this training need "
            f"{needed / 1e6:,.1f} MB; free some, or train elsewhere with --out"
        )
