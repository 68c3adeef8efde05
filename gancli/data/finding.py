"""The images at a place that a user names: a folder, an archive, a folder in an archive, or a folder of archives."""

from dataclasses import dataclass
from pathlib import Path

from gancli.data.archive_listing import list_archives
from gancli.data.archive_paths import split
from gancli.data.decoding import ending_of
from gancli.data.image_bytes import FromFolder, ImageBytes
from gancli.data.left_out import no_images
from gancli.data.listing import Listing, list_images
from gancli.data.members import members_of
from gancli.errors import DataError


@dataclass(frozen=True)
class FoundImages:
    """The images at a place, and what reads them."""

    place: Path
    listing: Listing
    images: ImageBytes


def find_images(place: Path) -> FoundImages:
    """The images at a place.

    The archives of a folder are read if no image lies outside of them; beside images they are files as any other.
    Raises DataError for an archive that is torn or not safe.
    """
    if (inside := split(place)) is not None:
        archive, folder = inside
        listing = Listing()
        return FoundImages(place, listing, list_archives(listing, [(archive, "")], folder and f"{folder}/"))
    listing = list_images(place)
    if listing.images or not listing.archives:
        return FoundImages(place, listing, FromFolder(place))
    for name in listing.archives:
        listing.others[ending_of(name)] -= 1
    archives = [(place / name, name[: name.rfind("/") + 1]) for name in listing.archives]
    return FoundImages(place, listing, list_archives(listing, archives))


def listed(place: Path) -> FoundImages:
    """``find_images``; DataError if there are none."""
    found = find_images(place)
    if not found.listing.images and not found.listing.unreadable:
        raise DataError(f"{place}: {no_images(found.listing)}")
    return found


def is_folder(place: Path) -> bool:
    """Whether there is such a folder, on the disk or in an archive."""
    return place.is_dir() or ((inside := split(place)) is not None and _holds(*inside))


def sub_folders(place: Path) -> list[Path]:
    """The folders of the first level, without hidden ones; none if they cannot be listed."""
    try:
        if (inside := split(place)) is None:
            names = {path.name for path in place.iterdir() if path.is_dir()}
        else:
            start = inside[1] and f"{inside[1]}/"
            below = (name.removeprefix(start) for name in members_of(inside[0]).names if name.startswith(start))
            names = {name.partition("/")[0] for name in below if "/" in name}
    except OSError:
        return []
    return [place / name for name in sorted(names) if not name.startswith(".")]


def _holds(archive: Path, folder: str) -> bool:
    return not folder or any(name.startswith(f"{folder}/") for name in members_of(archive).names)
