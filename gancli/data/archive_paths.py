"""Paths that lead into an archive, such as ``photos.zip`` and ``photos.zip/train``."""

from pathlib import Path

ENDINGS = (".tar", ".zip")
COMPRESSED = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz4", ".tgz", ".tbz2", ".txz")  # no random access


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that is read as it is."""
    return name.lower().endswith(ENDINGS)


def split(path: Path) -> tuple[Path, str] | None:
    """The archive of a path, and the folder inside it, empty for all of it; None for a path without an archive."""
    for archive in (path, *path.parents):
        if is_archive(archive.name) and archive.is_file():
            return archive, path.relative_to(archive).as_posix() if path != archive else ""
    return None
