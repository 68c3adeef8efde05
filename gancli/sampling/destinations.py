"""Where the translations of pictures are written to, checked before anything is loaded or made."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gancli.errors import DataError, UsageError, printable
from gancli.files import check_replaced
from gancli.sampling.endings import ONE_PICTURE, is_picture, refuse


@dataclass(frozen=True)
class Job:
    """One picture to translate: its file, its name below the folder that was given, and the file to write."""

    source: Path
    name: str
    destination: Path


def check_places(inputs: Sequence[Path], out: Path) -> None:
    """Raises DataError for inputs that are not there, UsageError for an output that they cannot be written to."""
    if missing := [str(path) for path in inputs if not path.exists()]:
        raise DataError("\n".join(f"{printable(path)}: there is no such file or folder" for path in missing))
    if not out.is_dir():
        _check_ending(inputs, out)
    for folder in inputs:
        if folder.is_dir() and _real(out).is_relative_to(_real(folder)):
            raise UsageError(
                f"{out}: lies in the input folder {folder}, where the next call would read it as a picture; choose a "
                "folder outside"
            )


def _check_ending(inputs: Sequence[Path], out: Path) -> None:
    if is_picture(out):
        if len(inputs) > 1 or inputs[0].is_dir():
            raise UsageError(f"{out}: is one picture; several need a folder, which is a name without an ending")
    elif out.suffix:
        raise refuse(out, f"{ONE_PICTURE} for one picture, or no ending for a folder")
    elif out.exists():
        raise UsageError(f"{out}: is a file; expected a folder, or a name that is not taken")


def jobs(pictures: Sequence[tuple[Path, str]], out: Path) -> list[Job]:
    """Where each picture goes: to the one file, or into the folder, under its own name with the ending ``.png``.

    Those whose names differ in the ending alone keep it: ``a.jpg.png`` and ``a.webp.png``.

    Args:
        pictures: files, and their names below the folder that was given.
        out: a file or a folder.

    Raises UsageError for two that would be written to one file, and for one that would be replaced by its translation.
    """
    if is_picture(out) and not out.is_dir():
        found = [Job(source, name, out) for source, name in pictures]
    else:
        stems = Counter(PurePosixPath(name).with_suffix("") for name in {name for _, name in pictures})
        found = [Job(source, name, out / _written(name, stems)) for source, name in pictures]
    _refuse_shared(found)
    _refuse_inputs(found)
    return found


def _written(name: str, stems: Counter[PurePosixPath]) -> str:
    stem = PurePosixPath(name).with_suffix("")
    return f"{name if stems[stem] > 1 else stem}.png"


def _refuse_shared(found: Sequence[Job]) -> None:
    first: dict[Path, Job] = {}
    for job in found:
        other = first.setdefault(job.destination, job)
        if other is not job:
            raise UsageError(
                f"{other.source} and {job.source} would both be written to {job.destination}; rename one, or give them "
                "one after the other, each with its own --out"
            )


def _refuse_inputs(found: Sequence[Job]) -> None:
    """Also where a link leads to an input."""
    sources = {_real(job.source) for job in found}
    for job in found:
        if _real(job.destination) in sources:
            raise UsageError(f"{job.destination}: is an input, which is not overwritten; choose another --out")


def _real(path: Path) -> Path:
    """Without links; unlike ``Path.resolve``, it takes a link that leads to itself."""
    return Path(os.path.realpath(path))


def refuse_overwriting(found: Sequence[Job], *, force: bool) -> None:
    """Raises UsageError if files are there already, unless they may be replaced."""
    folders = [job.destination for job in found if job.destination.is_dir()]
    if folders:
        raise UsageError(f"{folders[0]}: is a folder, where a picture is to be written; choose another --out")
    there = [job.destination for job in found if os.path.lexists(job.destination)]
    if len(found) == 1:
        check_replaced(found[0].destination, force=force)
    elif there and not force:
        raise UsageError(
            f"{len(there):,} of {len(found):,} are there already, {there[0]} among them; --force replaces them, and "
            "another --out keeps them"
        )
