"""The images in archives, by the names and in the order that they would have unpacked where the archives lie."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from gancli.data.decoding import ENDINGS, ending_of
from gancli.data.image_bytes import FromArchives
from gancli.data.listing import SYSTEM_FILES, SYSTEM_FOLDERS, Listing, in_order
from gancli.data.member_checks import refused
from gancli.data.members import members_of


def list_archives(listing: Listing, archives: Iterable[tuple[Path, str]], inside: str = "") -> FromArchives:
    """Add the images in archives to a listing; gives what reads them.

    Args:
        archives: each with the folder that it lies in, relative to the listed one and with a slash; empty for that one.
        inside: a folder in the archives, with a slash, that is listed alone; empty for all of them.

    Raises DataError for an archive that is torn or not safe, and for two files of one name.
    """
    folders, row_of, files, rows = _Folders(listing), dict[str, int](), [], [np.empty((0, 6), np.int64)]
    for number, (archive, lies_in) in enumerate(archives):
        members = members_of(archive)
        names = (
            (row, lies_in + name.removeprefix(inside))
            for row, name in enumerate(members.names)
            if name.startswith(inside)
        )
        kept = dict(_images(names, folders))
        first = sum(map(len, rows))
        for place, name in enumerate(kept.values(), first):
            if row_of.setdefault(name, place) != place:
                raise refused(archive, name, "is in another archive of this folder too; remove or rename one of them")
        of_images = members.rows[np.fromiter(kept, np.int64, len(kept))]
        rows.append(np.insert(of_images, 0, number, axis=1))
        files.append((archive, members.state))
    listing.images.extend(in_order(row_of))
    listing.classes.sort()
    return FromArchives(files, np.concatenate(rows), row_of)


def _images(names: Iterable[tuple[int, str]], folders: "_Folders") -> Iterator[tuple[int, str]]:
    """Those that are images; other files are counted."""
    for row, name in names:
        folder, _, own = name.rpartition("/")
        if not folders.are_seen(folder) or not own or own.startswith("."):
            continue
        suffix = ending_of(own)
        if suffix in ENDINGS:
            yield row, name
        elif not SYSTEM_FILES.fullmatch(own):
            folders.listing.others[suffix] += 1


class _Folders:
    """The folders in archives: hidden ones and those of the system are left out; the first level are classes."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self._seen = {"": True} | dict.fromkeys(listing.classes, True)

    def are_seen(self, folder: str) -> bool:
        """Whether images below this folder are the user's."""
        if folder not in self._seen:
            parts = folder.split("/")
            self._seen[folder] = all(self._is_seen(parts[: depth + 1]) for depth in range(len(parts)))
        return self._seen[folder]

    def _is_seen(self, parts: list[str]) -> bool:
        folder, own = "/".join(parts), parts[-1]
        if folder not in self._seen:
            is_system = bool(SYSTEM_FOLDERS.fullmatch(own))
            if is_system:
                self.listing.system[own] += 1
            self._seen[folder] = not (is_system or own.startswith("."))
            if self._seen[folder] and len(parts) == 1:
                self.listing.classes.append(folder)
        return self._seen[folder]
