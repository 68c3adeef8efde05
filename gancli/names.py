"""Names that people give to folders and files, and type again: one form for comparing, one order for listing."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC): a Mac writes é as two characters, a keyboard as one."""
    return unicodedata.normalize("NFC", name)


def escaped(name: str) -> str:
    r"""A name with every character that is not ASCII as its escape, say ``caf\xe9``, so that look-alikes differ."""
    return name.encode("unicode_escape").decode("ascii")


def natural_key(name: str) -> tuple[str | int, ...]:
    """Sorts numbers in names by their value: 2 before 10, and level-9 before level-10."""
    parts = re.split(r"([0-9]+)", name)  # text and digits in turn, text first
    return (*(int(part) if index % 2 else part for index, part in enumerate(parts)), name)


def canonical_name(package: str) -> str:
    """A package's name as pip compares it (PEP 503): ``Gan_X`` is ``gan-x``."""
    return re.sub(r"[-_.]+", "-", package).lower()


def suggestion(wrong: str, known: Iterable[str], key: Callable[[str], str] = str) -> str:
    """``"; did you mean 'x'?"``, or nothing when no known name is near.

    Args:
        key: of a name, by which names are compared.
    """
    names = {key(name): name for name in known}
    near = difflib.get_close_matches(key(wrong), names, n=1, cutoff=0.6)
    return f"; did you mean {names[near[0]]!r}?" if near else ""
