"""What a stranger's archive may hold: plain files and folders, below the archive, each once."""

from collections.abc import Iterable
from pathlib import Path

from gancli.errors import DataError, printable

LONGEST = 4096  # characters of a name, as on a disk


def refused(archive: Path, member: str, problem: str) -> DataError:
    """The error that names a member of an archive."""
    return DataError(f"{archive}: {printable(member)}: {problem}")


def checked_name(archive: Path, member: str) -> str:
    """The name of a member without ``./``, a folder's with a slash at its end; empty for the archive's own folder.

    Raises DataError for a name that leads out of the archive.
    """
    if len(member) > LONGEST:
        raise refused(archive, f"{member[:40]}…", f"has a name of more than {LONGEST:,} characters")
    if member.startswith("/") or "\\" in member or "\0" in member or member[1:3] == ":/":
        raise refused(archive, member, "is not a relative name with slashes; make the archive anew from the folder")
    parts = [part for part in member.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise refused(archive, member, "leads out of the archive; make the archive anew from the folder")
    return "/".join(parts) + "/" * (bool(parts) and member.endswith("/"))


def refuse_twice(archive: Path, names: Iterable[str]) -> None:
    """Raises DataError for two members of one name: which of them is meant is not known."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise refused(archive, name, "is in the archive twice; make the archive anew from the folder")
        seen.add(name)
