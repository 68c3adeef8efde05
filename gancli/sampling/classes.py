"""The classes that samples are asked for, by name; without torch, so that a mistake is reported at once."""

from collections.abc import Sequence

from gancli.errors import UsageError
from gancli.names import composed, suggestion

MAX_LISTED = 20  # classes in a message
MAX_COLUMNS = 20  # classes that have a column each in a picture
UNCONDITIONAL = "this model was trained without labels, so it is unconditional; leave the class out"


def class_index(names: Sequence[str], asked: str | int, what: str = "labels") -> int:
    """The number of a class, asked for by its name or its number.

    Args:
        what: begins the message of the error.

    Raises UsageError if there is no such class.
    """
    if not names:
        raise UsageError(UNCONDITIONAL)
    if isinstance(asked, str) and composed(asked) in names:
        return names.index(composed(asked))
    if isinstance(asked, int) and 0 <= asked < len(names):
        return asked
    hint = suggestion(composed(asked), names) if isinstance(asked, str) else ""
    raise UsageError(f"{what}: found {asked!r}; the classes of this model are {listed(names)}{hint}")


def listed(names: Sequence[str]) -> str:
    """The names of the classes for a message, the first twenty of many."""
    more = f", … ({len(names):,} in all)" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more


def column_count(n: int, names: Sequence[str]) -> int | None:
    """Columns of a picture of ``n`` samples of the classes in turn, one a class; None if the classes are too many."""
    return min(n, len(names)) if names and len(names) <= MAX_COLUMNS else None
