"""The folder or the archive that a user names as the place of his images."""

import shlex
from pathlib import Path

from gancli.data.archive_paths import COMPRESSED, split
from gancli.data.decoding import reason_of
from gancli.data.finding import is_folder, sub_folders
from gancli.data.manifest import some
from gancli.errors import DataError


def existing(root: Path) -> Path:
    """The folder of images that a user names, an archive, or a folder in one.

    Raises DataError if it is none, with the way out.
    """
    try:
        folder = Path(root).expanduser()
        inside = split(folder)
        there, is_one = folder.exists() or inside is not None, is_folder(folder)
    except (OSError, RuntimeError) as error:  # a folder without permission; the home of an unknown user
        raise DataError(f"{root}: {reason_of(error)}; expected a folder of images") from None
    if not there:
        raise DataError(f"{folder}: there is no such folder of images")
    if inside is not None and not is_one:
        names = [path.name for path in sub_folders(inside[0])]
        raise DataError(
            f"{inside[0]}: found no folder {inside[1]!r} in this archive, but {some(names) or 'no folders'}"
        )
    if not is_one:
        raise DataError(f"{folder}: is a file; expected a folder of images, .zip or .tar; {_way_out_of_a_file(folder)}")
    return folder


def _way_out_of_a_file(file: Path) -> str:
    """The command that makes an archive one that can be read, or the folder of a file that is not an archive."""
    name = file.name.lower()
    if ending := next((ending for ending in COMPRESSED if name.endswith(ending)), ""):
        target = shlex.quote(str(file.with_name(file.name[: -len(ending)] or "images")))
        quoted = shlex.quote(str(file))
        return f"unpack it, and give dataset.root={target}: mkdir {target} && tar -xf {quoted} -C {target}"
    return f"the folder of this file is dataset.root={shlex.quote(str(file.parent))}"
