"""The pictures among the files and folders that are to be translated."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gancli.data.left_out import left_out, no_images
from gancli.data.listing import list_images
from gancli.errors import DataError, printable


@dataclass(frozen=True)
class InputFiles:
    """Pictures, each with its name below the folder that was given, and what else was found there."""

    pictures: list[tuple[Path, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # files that are left out, and why
    problems: list[str] = field(default_factory=list)  # folders that cannot be read


def find_pictures(inputs: Sequence[Path]) -> InputFiles:
    """The files themselves, and the pictures of the folders and their sub-folders; each file once.

    Raises DataError for a folder without pictures.
    """
    found = InputFiles()
    for path in dict.fromkeys(inputs):
        if path.is_dir():
            _add_folder(path, found)
        else:
            found.pictures.append((path, path.name))
    unique = {(os.path.realpath(source), name): (source, name) for source, name in found.pictures}
    return replace(found, pictures=list(unique.values()))


def _add_folder(folder: Path, found: InputFiles) -> None:
    listing = list_images(folder)
    if not listing.images and not listing.unreadable:
        raise DataError(f"{folder}: {no_images(listing)}")
    found.pictures.extend((folder / name, name) for name in listing.images)
    found.problems.extend(
        f"{printable(str(folder / name))}: {printable(why)}" for name, why in listing.unreadable.items()
    )
    if rest := left_out(replace(listing, images=[]), {}, ()):  # without the pictures, which have no classes here
        found.notes.append(f"{folder}: left out: {rest}")
