"""The path of a figure without ``--out``: in its run, and never that of another file."""

import itertools
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from gancli.files import file_name
from gancli.storage.run_folder import RunFolder


def names_of(runs: Sequence[Path]) -> list[str]:
    """The shortest names that distinguish the runs."""
    names = [run.resolve().parent.name if run.is_file() else run.resolve().name for run in runs]
    return names if len(set(names)) == len(names) else [str(run) for run in runs]  # a/run and b/run


def figure_path(kind: str, ending: str, runs: Sequence[Path]) -> tuple[Path, str]:
    """The first free path for a figure, or that of the same figure of the same runs, and the mark that it carries.

    The figure of one run is written into the run, that of several or of a lone file into the current folder.

    Args:
        kind: the word that its name begins with.
        ending: of its name.
        runs: that it shows; of a run, its history may be given.
    """
    places = [RunFolder.of(run).path if run.name == RunFolder.of(run).history.name else run for run in runs]
    alone = len(runs) == 1
    folder = places[0] if alone and places[0].is_dir() else Path()
    named = kind if alone else f"{kind}-{_together(names_of(runs))}"
    mark = _mark(kind, folder, places)
    for number in itertools.count(1):
        path = folder / f"{named}{'' if number == 1 else f'-{number}'}{ending}"
        if not os.path.lexists(path) or _mark_in(path) == mark:
            return path, mark
    raise AssertionError("unreachable: the numbers never end")


def _together(names: Sequence[str]) -> str:
    first, second, *more = [file_name(name) for name in names]
    return f"{first}-and-{len(more) + 1}-more" if more else f"{first}-{second}"


def _mark(kind: str, folder: Path, runs: Sequence[Path]) -> str:
    """Equal for the same runs seen from the same folder, and so still after all of it has been moved."""
    paths = [os.path.relpath(run.resolve(), folder.resolve()) for run in runs]
    return f"gan {kind} {sha256(os.fsencode(chr(0).join(paths))).hexdigest()[:16]}"


def _mark_in(path: Path) -> str | None:
    """The mark of a figure that gan has written; None for any other file."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            found = image.info.get("Comment") or image.info.get("comment")
    except Exception:  # not a picture, or a damaged one: Pillow raises many kinds of errors
        return None
    return found.decode(errors="replace") if isinstance(found, bytes) else found
