"""Plain text of 80 columns: headings, paragraphs, and tables of two columns."""

import textwrap
from collections.abc import Iterable, Mapping

WIDTH = 80
INDENT = "  "


class Page:
    """A text that grows from top to bottom."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self._lines)

    def title(self, text: str) -> None:
        """The first line of a text, underlined."""
        self._lines += [text, "═" * min(WIDTH, len(text))]

    def heading(self, text: str) -> None:
        """The first line of a section."""
        self._lines += ["", text, "─" * min(WIDTH, len(text))]

    def paragraph(self, text: str, indent: str = INDENT, first: str | None = None) -> None:
        """A text, wrapped.

        Args:
            first: what its first line begins with, in the place of the indent.
        """
        start = indent if first is None else first
        self._lines += wrapped(text, start, indent) or [start]

    def item(self, text: str, mark: str = "•") -> None:
        """One item of a list."""
        self.paragraph(text, INDENT + " " * (len(mark) + 1), f"{INDENT}{mark} ")

    def blank(self) -> None:
        """An empty line."""
        self._lines.append("")

    def pairs(self, rows: Iterable[tuple[str, str]] | Mapping[str, str]) -> None:
        """Names on the left, their texts on the right, wrapped."""
        listed = list(rows.items() if isinstance(rows, Mapping) else rows)
        width = max((len(name) for name, _ in listed), default=0)
        for name, text in listed:
            self.paragraph(text, INDENT + " " * (width + 2), f"{INDENT}{name:<{width}}  ")

    def lines(self, lines: Iterable[str]) -> None:
        """Lines as they are, indented."""
        self._lines += [INDENT + line for line in lines]


def wrapped(text: str, first: str = "", indent: str = "") -> list[str]:
    """Lines of a text; a word that is longer than a line, such as an address, stays whole."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
