"""The members of a zip archive, from its central directory."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path

from gancli.data.member_checks import checked_name, refused
from gancli.errors import DataError

STORED, DEFLATED = 0, 8  # of zip's methods, those whose decompression can be stopped at a size
METHODS = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd"}  # some of the others
ENCRYPTED = 1  # of the general flags
LOCAL_HEADER, SIGNATURE = 30, b"PK\x03\x04"

Row = tuple[int, int, int, int, int]  # offset, bytes in the archive, bytes, CRC-32, method


def zip_members(path: Path) -> tuple[list[str], list[Row]]:
    """The names of files and folders, and where they are.

    Raises DataError for an archive that is torn, and for a member that may not be in it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error) as error:
        raise DataError(f"{path}: is torn, or no zip archive ({error}); copy or make it anew") from None
    names = []
    for info in infos:
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refused(path, info.orig_filename, "is a link or a device; expected files and folders alone")
        if info.flag_bits & ENCRYPTED:
            raise refused(path, info.orig_filename, "is encrypted; unpack the archive with its password")
        if info.compress_type not in (STORED, DEFLATED):
            method = METHODS.get(info.compress_type, f"method {info.compress_type}")
            raise refused(path, info.orig_filename, f"is compressed with {method}; expected deflate, or none")
        names.append(checked_name(path, info.orig_filename.split("\0")[0]))
    return names, [
        (info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type) for info in infos
    ]


def unpacked(raw: bytes, size: int, crc: int, method: int) -> bytes:
    """The bytes of a member; ValueError if they are not those that were packed."""
    if method == DEFLATED:
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            raw = engine.decompress(raw, size + 1)  # and no more, whatever the member would become
        except zlib.error as error:
            raise ValueError(f"is damaged in the archive ({error})") from None
    if len(raw) != size or zlib.crc32(raw) != crc:
        raise ValueError("is damaged in the archive: its length or its checksum is another")
    return raw
