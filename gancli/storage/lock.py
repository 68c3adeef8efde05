"""The lock of a run: one process writes to its folder at a time."""

import fcntl
import os
from typing import IO

from gancli.errors import CheckpointError, RunLockedError
from gancli.files import naming
from gancli.storage.run_folder import RunFolder


def lock(folder: RunFolder) -> IO[str]:
    """Lock a folder for one writer; the lock ends with the process, however that ends.

    Raises RunLockedError if another process has locked it.
    """
    file = folder.lock.open("a")
    try:
        with naming(folder.lock):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The process that had locked it may have given up, and have removed the file that was opened above.
        if os.fstat(file.fileno()).st_nlink == 0:
            raise BlockingIOError
    except BlockingIOError:
        file.close()
        raise RunLockedError(f"{folder.path}: another process is training here") from None
    return file


def lock_run(folder: RunFolder) -> IO[str]:
    """Lock the folder of a run that was started before.

    Raises CheckpointError if it is not a run, RunLockedError if another process has locked it.
    """
    if not folder.is_run:
        raise CheckpointError(f"{folder.path}: holds no checkpoints and no {folder.recipe.name}, so it is not a run")
    return lock(folder)
