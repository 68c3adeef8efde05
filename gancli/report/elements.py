"""HTML as functions: whatever is not HTML already is escaped."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

VOID = {"br", "img", "input", "meta"}  # elements without content
Attribute = str | float | bool | None


class Markup(str):
    """HTML, in contrast to a text."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"  # a Markup stays as it is


def text(value: str) -> Markup:
    """A text as HTML: escaped, and a control character, or a half of a character, as its escape."""
    shown = (
        letter if letter.isprintable() or letter == "\n" else letter.encode("unicode_escape").decode()
        for letter in value
    )
    return Markup(escape("".join(shown)))


def join(*children: Child) -> Markup:
    """Children one after the other; None is nothing."""
    return Markup("".join(_content(child) for child in children))


def _content(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, str):
        return child if isinstance(child, Markup) else text(child)
    return join(*child)


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element: ``element("p", "a < b", class_="note", data_x=1)``.

    Args:
        attributes: ``_`` stands for a hyphen, and is left out at the end; None and False for no such attribute.
    """
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    start = "".join(
        _attribute(name, value) for name, value in given.items() if value is not None and value is not False
    )
    return Markup(f"<{tag}{start}>" if tag in VOID else f"<{tag}{start}>{join(*children)}</{tag}>")


def _attribute(name: str, value: Attribute) -> str:
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def table(
    header: Iterable[Child], rows: Iterable[Iterable[Child]], caption: str = "", *, numbers: bool = False
) -> Markup:
    """A table with a row of headers, and the first cell of every row as its header; wide ones can be scrolled."""
    head = element("tr", [element("th", cell, scope="col") for cell in header])
    body = [
        element("tr", [element("td" if index else "th", cell, scope=None if index else "row") for index, cell in row])
        for row in (enumerate(cells) for cells in rows)
    ]
    kind = "numbers" if numbers else None
    made = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", head),
        element("tbody", body),
        class_=kind,
    )
    return element("div", made, class_="wide", tabindex=0, role="region", aria_label=caption or "table")


def pairs(rows: Iterable[tuple[str, Child]]) -> Markup:
    """Names with their texts; those without a text are left out."""
    return element("dl", [(element("dt", name), element("dd", value)) for name, value in rows if value])


def folded(summary: str, *children: Child) -> Markup:
    """What is shown after a click on its summary."""
    return element("details", element("summary", summary), *children)


def section(title: str, *children: Child, level: int = 2) -> Markup:
    """A part of a page under its heading."""
    return element("section", element(f"h{level}", title), *children)
