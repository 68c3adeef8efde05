"""The classes of a folder of images: its folders of the first level, unless images lie right beside these."""

import re
import shlex
from collections.abc import Collection, Iterable, Sized
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancli.data.manifest import some
from gancli.errors import DataError
from gancli.names import composed, escaped, natural_key

PART = r"[-_ ]?(set|data|split|images?|imgs?|\d*|[ab])"
TRAINING = re.compile(f"train(ing)?{PART}", re.IGNORECASE)
HELD_OUT = re.compile(f"(val|valid|validation|dev|test|testing|eval|evaluation){PART}", re.IGNORECASE)


def class_of(name: str) -> str:
    """The first folder in the path of an image; empty for one that lies directly in the root."""
    folder, slash, _ = name.partition("/")
    return folder if slash else ""


def no_class(name: str) -> str:
    """That of every image, where folders are not classes."""
    return ""


def check_folders(root: Path, images: Iterable[str]) -> None:
    """Raises DataError for folders that are not classes, and for names that look the same or cannot be shown."""
    folders = {class_of(name) for name in images}
    _refuse_splits(root, sorted(folders - {""}))
    if "" in folders:  # there are no classes
        return
    unfit = [name for name in sorted(folders) if not composed(name).isprintable()]
    if unfit:
        raise DataError(
            f"the names of classes are shown and saved, and these are not text: {some(unfit)}; rename the folders"
        )
    _refuse_look_alikes(root, sorted(folders))


def _refuse_splits(root: Path, folders: list[str]) -> None:
    training = [name for name in folders if TRAINING.fullmatch(name)]
    held_out = [name for name in folders if HELD_OUT.fullmatch(name)]
    splits = [*training, *held_out]
    if splits and (len(splits) == len(folders) or (training and held_out)):
        way_out = f"dataset.root={shlex.quote(str(root / splits[0]))}"
        raise DataError(
            f"{root}: its folders {' and '.join(splits)} are parts of one dataset and not classes; choose the part "
            f"to train on: {way_out}; or rename the folders, if they are classes"
        )


def _refuse_look_alikes(root: Path, folders: list[str]) -> None:
    by_look: dict[str, list[str]] = {}
    for name in folders:
        by_look.setdefault(" ".join(composed(name).split()), []).append(f"'{escaped(name)}'")
    alike = [" and ".join(names) for names in by_look.values() if len(names) > 1]
    if alike:
        raise DataError(
            f"{root}: folders whose names look the same would be different classes: {some(alike)}; "
            "rename one of them, or move their images into one folder"
        )


def labelled(names: Collection[str]) -> tuple[Tensor | None, tuple[str, ...]]:
    """Labels of shape (N,), and the names of the classes, in which numbers are sorted by their values.

    There are none if some images lie directly in the folder.
    """
    folders = {folder: composed(folder) for folder in {class_of(name) for name in names}}
    classes = tuple(sorted(set(folders.values()), key=natural_key))
    if "" in classes:
        return None, ()
    number = {folder: classes.index(name) for folder, name in folders.items()}
    return torch.from_numpy(np.fromiter((number[class_of(name)] for name in names), np.int64, len(names))), classes


def why_unlabelled(root: Path, names: Iterable[str]) -> str:
    """The reason why images have no labels, and how to get labels."""
    beside = [name for name in names if not class_of(name)]
    folders = {class_of(name) for name in names} - {""}
    if not folders:
        return f"{root} has no sub-folders with images, which would be the classes"
    them = "it" if len(beside) == 1 else "them"
    where = f"in {root}, {beside_folders(beside)} the folders that would be the classes: {some(beside)}"
    return f"{where}; move {them} into one of these, or elsewhere"


def beside_folders(images: Sized) -> str:
    """A phrase for images that lie directly in the root."""
    return "1 image lies beside" if len(images) == 1 else f"{len(images):,} images lie beside"
