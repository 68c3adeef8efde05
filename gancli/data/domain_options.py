"""Which options of a set of two domains go together: those of folders, or those of another dataset and its classes."""

from collections.abc import Mapping
from pathlib import Path

from gancli.data.base import Dataset
from gancli.data.manifest import some
from gancli.data.root_folder import existing


def given_root(root: Path | None, classes: object) -> Path:
    """The folder of two domains; ValueError if there is none, or if classes are chosen from it."""
    if classes is not None:
        raise ValueError("classes: found some without of; expected of too, the dataset with these classes")
    if root is None:
        raise ValueError(
            "found neither root nor of; say where your files are, with dataset.root=DIR, or give of, a dataset with "
            "classes, and two of its classes"
        )
    return existing(root)


def refuse_folder_options(given: Mapping[str, object]) -> None:
    """Raises ValueError for options of folders, written beside the dataset that is taken instead of them.

    Args:
        given: by their names; false for those that are not written.
    """
    if wrong := [option for option, value in given.items() if value]:
        them = "it is" if len(wrong) == 1 else "they are"
        raise ValueError(
            f"{', '.join(wrong)}: found beside of, and {them} for folders; leave out, or give to that dataset what it "
            "takes, as in dataset.of.size=32"
        )


def chosen(classes: tuple[str, str] | None, of: Dataset) -> tuple[str, str]:
    """The classes of a dataset that are the domains; ValueError if none are given."""
    if classes is None:
        raise ValueError(f"classes: missing; expected two of {some(of.spec.class_names) or 'the classes of that data'}")
    return classes
