"""The folders of a set of pictures of two domains: ``trainA`` and ``trainB``, or ``train`` with pairs side by side."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from gancli.data.finding import is_folder, sub_folders
from gancli.data.manifest import some
from gancli.errors import DataError, plural

TRAINING, HELD_OUT = "train", ("test", "val")  # val is what some of the published sets have in the place of test
TOGETHER = f"{TRAINING}/, with both pictures of a pair side by side in one file, or "


@dataclass(frozen=True)
class Part:
    """A part of the set: one folder with pairs side by side, or two, with the pictures of A and of B."""

    root: Path
    names: tuple[str, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        return tuple(self.root / name for name in self.names)

    @property
    def is_trained_on(self) -> bool:
        return self.names[0].startswith(TRAINING)

    def held_out(self) -> "Part | None":
        """The part that is held out, which has the same layout; None if it is not there."""
        parts = (_named(self.root, name, together=len(self.names) == 1) for name in HELD_OUT)
        return next((part for part in parts if part.is_there()), None)

    def is_there(self) -> bool:
        return all(map(is_folder, self.folders))

    def remarks(self) -> list[str]:
        """What a user may not expect: half of a part that would be held out."""
        found = [_named(self.root, name, together=False) for name in HELD_OUT if len(self.names) == 2]
        missing = [[name for name in part.names if not is_folder(self.root / name)] for part in found]
        return [f"{names[0]} is not there, so its partner is not held out" for names in missing if len(names) == 1]


def training_part(root: Path, *, together: bool) -> Part:
    """The folders to train on.

    Args:
        together: whether both pictures of a pair may be in one file.

    Raises:
        DataError: they are not there; the message names those that are, and the folder that the user may have meant.
    """
    there = _parts_there(root, together=together)
    if len(there) == 1:
        return there[0]
    if there:
        raise DataError(
            f"{root}: found {TRAINING} beside {TRAINING}A and {TRAINING}B, which are two sets of pairs; expected one: "
            "move the other elsewhere"
        )
    expected = f"expected {TOGETHER if together else ''}{TRAINING}A/ and {TRAINING}B/"
    raise DataError(f"{root}: found {_found(root)}; {expected}{_way_out(root, together=together)}")


def _named(root: Path, name: str, *, together: bool) -> Part:
    return Part(root, (name,) if together else (f"{name}A", f"{name}B"))


def _parts_there(root: Path, *, together: bool) -> list[Part]:
    layouts = [True, False] if together else [False]
    return [part for layout in layouts if (part := _named(root, TRAINING, together=layout)).is_there()]


def _found(root: Path) -> str:
    folders = sub_folders(root)
    names = sorted((folder.name for folder in folders), key=lambda name: (not name.startswith(TRAINING), name))
    return f"the {plural('folder', len(names))} {some(names)}" if names else "no folders in it"


def _way_out(root: Path, *, together: bool) -> str:
    """What the user may have meant: the folder above or below, the other layout, or a folder that is missing."""
    above = root.parent if root.name not in ("", "..") else root.resolve().parent
    if root.resolve().name.startswith((TRAINING, *HELD_OUT)) and _parts_there(above, together=together):
        return f"; this folder is one of them, so give the one above: {_option(above)}"
    below = [folder for folder in sub_folders(root) if _parts_there(folder, together=together)]
    if below:
        return f"; they are in {some(folder.name for folder in below)}: {_option(below[0])}"
    missing = [path.name for path in _named(root, TRAINING, together=False).folders if not is_folder(path)]
    if len(missing) == 1:
        return f"; {missing[0]} is missing"
    if not together and is_folder(root / TRAINING):
        return f"; if the files in {TRAINING}/ hold both pictures of a pair side by side, take dataset.name=pairs"
    return ""


def _option(root: Path) -> str:
    return f"dataset.root={shlex.quote(str(root))}"
