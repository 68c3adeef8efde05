"""No test writes outside its own folders, nor connects to another machine: what tries to is refused and written down.

Python tells an audit hook of every such call before it is made. A fork of the tests inherits the hook; another Python
that they start gets it from ``sitecustomize``.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDERS, REPORT = "GAN_TESTS_MAY_WRITE_IN", "GAN_TESTS_WROTE_OUTSIDE"  # variables of the environment
CACHES = {"__pycache__", ".pytest_cache"}  # of Python and pytest
SYSTEM = ("/dev", "/proc")  # which hold no files
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGED = {  # by each event: where its arguments have a path, and that of the folder which the path is relative to
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),  # os.replace too
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
}
FOLLOWED = {"open", "os.truncate", "os.chmod"}  # of a link these change what it points to


def watch() -> None:
    """Watch this process from now on, if the environment says where it may write."""
    if FOLDERS not in os.environ:
        return
    allowed = (*map(os.path.realpath, os.environ[FOLDERS].split(os.pathsep)), *SYSTEM)
    report = os.environ[REPORT]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" or event in CHANGED:
            wrong = [path for path in _changed(event, arguments) if not _is_fine(path, allowed)]
        elif event == "socket.connect":
            wrong = [arguments[1]] if _is_elsewhere(arguments[1]) else []
        else:
            return
        if wrong and FOLDERS in os.environ:  # for as long as the tests last
            with Path(report).open("a", encoding="utf-8") as file:  # it is in an allowed folder
                file.write(f"{os.environ.get('PYTEST_CURRENT_TEST')}: {event} {wrong[0]!a}\n")
            raise PermissionError(f"{event} {wrong[0]!a}: a test may write in {allowed[0]} alone, and not connect")

    sys.addaudithook(hook)


def _changed(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & WRITING and not isinstance(path, int):
            yield _resolved(event, path, -1)
        return
    for path_at, folder_at in CHANGED[event]:
        if not isinstance(arguments[path_at], int):
            yield _resolved(event, arguments[path_at], -1 if folder_at is None else arguments[folder_at])


def _resolved(event: str, path: Any, folder: int) -> str:
    """The path without links; of a folder that was removed, or that only another system could tell, ""."""
    try:
        base = os.getcwd() if folder == -1 else os.readlink(f"/proc/self/fd/{folder}")  # noqa: PTH109, PTH115
        whole = os.path.join(base, os.fsdecode(path))  # noqa: PTH118
        if event in FOLLOWED:
            return os.path.realpath(whole)
        return os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))  # noqa: PTH118, PTH119, PTH120
    except (OSError, ValueError):
        return ""


def _is_fine(path: str, allowed: tuple[str, ...]) -> bool:
    is_inside = any(path == folder or path.startswith(folder + os.sep) for folder in allowed)
    return not path or is_inside or not CACHES.isdisjoint(Path(path).parts)


def _is_elsewhere(address: Any) -> bool:
    return isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost"))
