"""Where an export is written to."""

import re
from dataclasses import dataclass
from pathlib import Path

from gancli.errors import UsageError
from gancli.export.formats import Format
from gancli.files import check_replaced, file_name

ENDING = re.compile(r"\.[A-Za-z]\w*")  # and not the rest of a name such as photos.v2-step-100


@dataclass(frozen=True)
class Destination:
    """The file of an export, and its README beside it; None for a format that needs none."""

    path: Path
    readme: Path | None

    def check(self, *, force: bool) -> None:
        """Raises UsageError for files that are there already, unless they may be replaced."""
        for path in filter(None, (self.path, self.readme)):
            check_replaced(path, force=force)


def given(out: Path, form: Format) -> Destination:
    """The file that a user names, or ``generator`` in the folder that he names.

    Raises UsageError for a file of another ending.
    """
    if out.suffix == form.ending and not out.is_dir():
        return Destination(out, out.with_name(f"{out.name}.md") if form.readme else None)
    if ENDING.fullmatch(out.suffix) and not out.is_dir():
        raise UsageError(f"{out}: expected {form.ending} for a file, or no ending for a folder")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; expected a folder, or a name that is not taken")
    return Destination(out / f"generator{form.ending}", out / "README.md" if form.readme else None)


def default(folder: Path, form: Format, name: str, step: int, options: str = "") -> Path:
    """The path without ``--out``: a file, or a folder of its own for a file with a README."""
    stem = f"{file_name(name)}-step-{step}{options}-{form.name}"
    return folder / (stem if form.readme else f"{stem}{form.ending}")
