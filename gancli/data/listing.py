"""The image files below a folder, found without a hang, a loop, or a silent gap."""

import heapq
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gancli.data.archive_paths import is_archive
from gancli.data.decoding import ENDINGS, ending_of
from gancli.names import composed

# Folders and files that operating systems, network disks and archives add: never the user's images.
SYSTEM_FOLDERS = re.compile(
    r"\$recycle\.bin|recycler|recycled|system volume information|\$windows\..*|\$sysreset|msocache"  # Windows
    r"|found\.\d{3}"  # its check of a disk
    r"|lost\+found|lost\.dir"  # Linux, Android
    r"|__macosx|network trash folder|temporary items"  # macOS
    r"|@eadir|@tmp|@recycle|@recently-snapshot|#recycle|#snapshot|~snapshot"  # Synology, QNAP, NetApp
    r"|__pycache__",
    re.IGNORECASE,
)
SYSTEM_FILES = re.compile(r"(eh)?thumbs(_vista)?\.db|desktop\.ini|icon\r", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """Names are relative to the folder that was listed, with slashes."""

    images: list[str] = field(default_factory=list)  # in order; what has the ending of an image, readable or not
    classes: list[str] = field(default_factory=list)  # the folders of the first level
    unreadable: dict[str, str] = field(default_factory=dict)  # folders, and why
    repeated: dict[str, str] = field(default_factory=dict)  # folders that are links to one listed elsewhere, and where
    others: Counter[str] = field(default_factory=Counter)  # files without the ending of an image, by their endings
    system: Counter[str] = field(default_factory=Counter)  # folders of the system, by their own names
    archives: list[str] = field(default_factory=list)  # in order; also among ``others``


def list_images(root: Path) -> Listing:
    """List a folder and its sub-folders, also those behind links; hidden files and those of the system are left out.

    Every folder is listed once, also where links form a loop: under its own name if it has one below ``root``. The
    order is that of composed names, because copying between systems changes the Unicode form of names.
    """
    listing = Listing()
    seen: dict[tuple[int, int], str] = {}
    folders, links = [""], list[str]()
    while folders or links:
        folder = heapq.heappop(folders or links)
        try:
            status = (root / folder).stat()
            first = seen.setdefault((status.st_dev, status.st_ino), folder)
            if first != folder:
                listing.repeated[folder] = first
                continue
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    _sort_in(entry, folder, listing, folders, links)
        except OSError as error:
            listing.unreadable[folder or "."] = error.strerror or str(error)
    listing.images[:] = in_order(listing.images)
    listing.archives[:] = in_order(listing.archives)
    listing.classes.sort()
    return listing


def in_order(names: Iterable[str]) -> list[str]:
    """Names sorted by their composed forms."""
    return sorted(names, key=lambda name: (composed(name), name))


def _sort_in(entry: "os.DirEntry[str]", folder: str, listing: Listing, folders: list[str], links: list[str]) -> None:
    if entry.name.startswith("."):  # .ipynb_checkpoints, .thumbnails, ._1.png of a Mac: never the user's images
        return
    name = f"{folder}/{entry.name}".lstrip("/")
    suffix = ending_of(entry.name)
    if _is_folder(entry):
        if SYSTEM_FOLDERS.fullmatch(entry.name):
            listing.system[entry.name] += 1
            return
        heapq.heappush(links if entry.is_symlink() else folders, name)
        if not folder:
            listing.classes.append(name)
    elif suffix in ENDINGS:
        listing.images.append(name)
    elif entry.is_symlink() and not suffix and not _exists(entry):
        listing.unreadable[name] = "is a link to something that does not exist"  # to a disk that is not mounted, say
    elif not SYSTEM_FILES.fullmatch(entry.name):
        listing.others[suffix] += 1
        if is_archive(entry.name):
            listing.archives.append(name)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _exists(entry: "os.DirEntry[str]") -> bool:
    try:
        entry.stat()
    except OSError:
        return False
    return True
