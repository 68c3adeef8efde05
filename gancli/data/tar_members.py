"""The members of a tar archive, from one pass over their headers."""

import tarfile
from pathlib import Path

from gancli.data.member_checks import checked_name, refused
from gancli.data.zip_members import Row
from gancli.errors import DataError

BARE = -1  # in place of a zip's method: the bytes lie in the archive as they are
READ_AFTER_END = 2**20  # bytes; programs fill the last record with zeros


def tar_members(path: Path) -> tuple[list[str], list[Row]]:
    """The names of files and folders, and where they are.

    Raises DataError for an archive that is torn or compressed, and for a member that may not be in it.
    """
    names, rows, end = [], [], -1
    try:
        with tarfile.open(path, "r:", errorlevel=2) as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it keeps all of them: of a million, a gigabyte
                if not (info.isreg() or info.isdir()) or info.issparse():
                    raise refused(path, info.name, "is a link, a device or sparse; expected files and folders alone")
                names.append(checked_name(path, info.name + "/" * info.isdir()))
                rows.append((info.offset_data, info.size, info.size, 0, BARE))
                if info.size < 0 or archive.offset <= end:  # some versions of tarfile go back, and do not end
                    raise refused(path, info.name, "has a negative size")
                end = archive.offset
            end = archive.offset
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as error:
        raise DataError(f"{path}: is torn, or no tar archive without compression ({error}){_way_out(path)}") from None
    _check_end(path, end)
    return names, rows


def _check_end(path: Path, end: int) -> None:
    """Raises DataError if there are no zeros after the last member: tarfile takes damage for the end."""
    with path.open("rb") as file:
        file.seek(end)
        rest = file.read(READ_AFTER_END)
    if len(rest) < tarfile.BLOCKSIZE or any(rest):
        what = "something else" if any(rest) else "nothing"
        raise DataError(f"{path}: is torn: found {what} after the last member, expected zeros; copy or make it anew")


def _way_out(path: Path) -> str:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return "; it is compressed with gzip: unpack that with gunzip" if is_gzip else "; copy or make it anew"
