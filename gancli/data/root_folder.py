"""The folder that a user names as the place of his images."""

import shlex
from pathlib import Path

from gancli.data.decoding import reason_of
from gancli.errors import DataError


def existing(root: Path) -> Path:
    """The folder of images that a user names.

    Raises DataError if it is none, with the way out.
    """
    try:
        folder = Path(root).expanduser()
        there, is_folder = folder.exists(), folder.is_dir()
    except (OSError, RuntimeError) as error:  # a folder without permission; the home of an unknown user
        raise DataError(f"{root}: {reason_of(error)}; expected a folder of images") from None
    if not there:
        raise DataError(f"{folder}: there is no such folder of images")
    if not is_folder:
        raise DataError(f"{folder}: is a file; expected a folder of images; {_way_out_of_a_file(folder)}")
    return folder


def _way_out_of_a_file(file: Path) -> str:
    """The command that unpacks an archive, or the folder of a file that is not an archive."""
    target = shlex.quote(str(file.with_name(file.name.partition(".")[0] or "images")))
    quoted = shlex.quote(str(file))
    if file.suffix.lower() == ".zip":
        return f"unpack it, and give dataset.root={target}: python -m zipfile -e {quoted} {target}"
    if ".tar" in file.suffixes or file.suffix.lower() == ".tgz":
        return f"unpack it, and give dataset.root={target}: mkdir {target} && tar -xf {quoted} -C {target}"
    return f"the folder of this file is dataset.root={shlex.quote(str(file.parent))}"
