"""A description of the files in a folder of images that are not trained on."""

from collections import Counter
from collections.abc import Iterator, Mapping

from gancli.data.classes import beside_folders, class_of
from gancli.data.decoding import ENDINGS
from gancli.data.listing import Listing
from gancli.data.manifest import some
from gancli.errors import plural, printable
from gancli.names import composed

MAX_ENDINGS = 8  # that are named
# Endings of pictures that are not read: their format is unknown to Pillow, or holds more than pixels.
UNREAD_FORMATS = {
    *(".heic", ".heif", ".hif", ".avif", ".avifs", ".jxl", ".jp2", ".webp", ".svg", ".eps", ".psd", ".xcf", ".exr"),
    *(".hdr", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".dds"),
    *(".ico", ".pfm"),
}  # fmt: skip


def left_out(listing: Listing, bad: Mapping[str, str], classes: tuple[str, ...]) -> str:
    """The files that are left out, and the reason; empty if there are none.

    Args:
        bad: the images that cannot be read, each with its problem.
        classes: the names of the classes.
    """
    return "; ".join([*files_left_out(listing, bad), *_labels_and_folders(listing, classes)])


def files_left_out(listing: Listing, bad: Mapping[str, str]) -> Iterator[str]:
    """The files that are left out, a phrase a reason, of a folder that has no classes."""
    if bad:
        yield f"{len(bad)} of {len(listing.images)} images cannot be read: {some(bad)}"
    yield from _others(listing)
    if listing.repeated:
        pairs = [f"{again} is {first or 'the folder itself'}" for again, first in listing.repeated.items()]
        yield f"folders that are linked to again are read once: {some(pairs)}"


def _labels_and_folders(listing: Listing, classes: tuple[str, ...]) -> Iterator[str]:
    if not classes and (folders := {class_of(name) for name in listing.images} - {""}):
        beside = [name for name in listing.images if not class_of(name)]
        named = f"the {plural('folder', len(folders))} {some(sorted(folders))}"
        yield f"labels, because {beside_folders(beside)} {named}: {some(beside)}"
    empty = [name for name in listing.classes if composed(name) not in classes and name not in listing.repeated]
    if classes and empty:
        yield f"folders without images are not classes: {some(empty)}"


def _others(listing: Listing) -> Iterator[str]:
    """The files that do not have the ending of an image that is read, by their endings; the folders of the system."""
    pictures = Counter({ending: count for ending, count in listing.others.items() if ending in UNREAD_FORMATS})
    rest = listing.others - pictures
    if pictures:
        yield f"{_files(pictures)} of a format that is not read ({_by_ending(pictures)}): save them as PNG or JPEG"
    if rest:
        yield f"{_files(rest)} without the ending of an image ({_by_ending(rest)})"
    if listing.system:
        names = [name if count == 1 else f"{name} ×{count}" for name, count in sorted(listing.system.items())]
        yield f"folders of the system: {some(names)}"


def _files(counts: Counter[str]) -> str:
    return f"{counts.total():,} {plural('file', counts.total())}"


def _by_ending(counts: Counter[str]) -> str:
    ranked = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    most = [f"{printable(ending) or 'no ending'} {count:,}" for ending, count in ranked[:MAX_ENDINGS]]
    return ", ".join([*most, *(["…"] if len(counts) > MAX_ENDINGS else [])])


def no_images(listing: Listing) -> str:
    """The reason why a folder has no images."""
    return "; ".join([f"holds no images; the endings read are {', '.join(ENDINGS)}", *_others(listing)])
