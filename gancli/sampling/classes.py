"""The classes that samples are asked for, by name; without torch, so that a mistake is reported at once."""

import csv
import io
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


def separated(text: str) -> list[str]:
    """Names that are separated by commas; one that has a comma stands in double quotes, as in CSV.

    Raises UsageError for a text of several lines.
    """
    try:
        (names,) = csv.reader([text], skipinitialspace=True)
    except csv.Error as error:
        raise UsageError(f"found {text!r}; expected names that are separated by commas: {error}") from None
    return [name.strip() for name in names] or [""]


def joined(names: Sequence[str]) -> str:
    """Names as ``separated`` reads them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()


def listed(names: Sequence[str]) -> str:
    """The names of the classes for a message, the first twenty of many."""
    more = f", … ({len(names):,} in all)" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more


def column_count(n: int, names: Sequence[str]) -> int | None:
    """Columns of a picture of ``n`` samples of the classes in turn, one a class; None if the classes are too many."""
    return min(n, len(names)) if names and len(names) <= MAX_COLUMNS else None
