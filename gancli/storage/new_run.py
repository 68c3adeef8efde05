"""The folder of a new run: made for it alone, and removed if the run does not begin."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gancli import commands
from gancli.errors import StorageError, UsageError
from gancli.files import PARTIAL, make_folder
from gancli.storage.lock import lock
from gancli.storage.run_folder import RUNS, RunFolder


def make(name: str, wanted: Path | None = None) -> tuple[RunFolder, IO[str]]:
    """Make and lock a folder that no other run has: ``wanted``, or the first free of runs/NAME, runs/NAME-2, …

    Raises UsageError if ``wanted`` is not empty, RunLockedError if another process has just begun there.
    """
    if wanted is not None:
        return _make_wanted(RunFolder(wanted))
    for number in itertools.count(1):
        folder = RunFolder(Path(RUNS) / (name if number == 1 else f"{name}-{number}"))
        try:
            make_folder(folder.path)
        except FileExistsError:
            continue
        return folder, lock(folder)
    raise AssertionError("unreachable: the numbers never end")


def _make_wanted(folder: RunFolder) -> tuple[RunFolder, IO[str]]:
    make_folder(folder.path, exist_ok=True)
    # In this order: whoever begins there at the same time makes the lock first. No lock is left in other folders.
    if not _is_used(folder) or folder.lock.exists():
        locked = lock(folder)
        if not _is_used(folder):
            return folder, locked
        locked.close()
    way_out = f"name a new directory, or resume it with: {commands.resume(folder.path)}"
    raise UsageError(f"{folder.path}: is not empty; {way_out}")


def _is_used(folder: RunFolder) -> bool:
    """Whether there is more in it than what a run leaves that was killed as it began."""
    return any(
        path != folder.lock and path.suffix != PARTIAL and not _is_bare(folder, path) for path in folder.path.iterdir()
    )


def _is_bare(folder: RunFolder, path: Path) -> bool:
    """Whether it is the folder of checkpoints without one."""
    return path == folder.checkpoint_folder and all(file.suffix == PARTIAL for file in path.iterdir())


@contextmanager
def removed_on_failure(folder: RunFolder, *, is_ours: bool) -> Iterator[None]:
    """If the block fails before there is a run, remove everything that was made for it.

    Args:
        is_ours: the folder itself was made for this run, and is removed too.
    """
    try:
        yield
    except BaseException:
        if not folder.recipe.exists():
            with suppress(OSError):  # what else is in it stays
                folder.data_listing.unlink(missing_ok=True)
                folder.lock.unlink(missing_ok=True)
                folder.checkpoint(0).unlink(missing_ok=True)
                if folder.checkpoint_folder.exists():
                    folder.checkpoint_folder.rmdir()
                if is_ours:
                    folder.path.rmdir()
        raise


def check_space(folder: RunFolder, needed: int) -> None:
    """Raises StorageError if the disk has fewer than ``needed`` bytes left: better now than at the first checkpoint."""
    free = shutil.disk_usage(folder.path).free
    if free < needed:
        raise StorageError(
            f"{folder.path}: the disk has {free / 1e6:,.1f} MB free, and the checkpoints of this training need "
            f"{needed / 1e6:,.1f} MB; free some, or train elsewhere with --out"
        )
