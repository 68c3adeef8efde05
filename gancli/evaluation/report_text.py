"""A report as a table, for a terminal and for a notebook."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from gancli.evaluation.interpretation import LEGEND, describe_protocol, interpret, with_arrow

if TYPE_CHECKING:
    from gancli.evaluation.recorded import RecordedReport
    from gancli.evaluation.report import Report


def table(report: "Report | RecordedReport") -> list[list[str]]:
    """The rows of the table, the header first: each metric beside that of real data, and of other images if any."""
    scores = report.scores
    others = list(dict.fromkeys(other for score in scores.values() for other in score.beside))
    sets = max((len(score.values) for score in scores.values()), default=0)
    header = ["metric", f"mean ± sd of {sets} seed{'' if sets == 1 else 's'}", "real data", *others]
    rows = [
        [with_arrow(name), str(score), str(score.real or ""), *(str(score.instead(other) or "") for other in others)]
        for name, score in scores.items()
    ]
    return [header, *rows]


def remarks(report: "Report | RecordedReport") -> list[str]:
    """The numbers in words, the checkpoint, and what it was compared with."""
    words, about = interpret(report.scores), report.about
    lines = [f"in words: {words}"] if words else []
    if about:
        lines.append(f"step {about['step']} of {about['recipe']}, {about['weights']} weights")
    return [*lines, *(describe_protocol(report.protocol).splitlines() if report.protocol else [])]


def text(report: "Report") -> str:
    """The table and the remarks, in a fixed width."""
    rows = table(report)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, "", *remarks(report), LEGEND, *_notes(report)])


def html(report: "Report") -> str:
    """The same for a notebook."""
    header, *rows = table(report)
    body = "".join(_row("td", row) for row in rows)
    below = "<br>".join(map(escape, [*remarks(report), LEGEND, *_notes(report)]))
    return f"<table><thead>{_row('th', header)}</thead><tbody>{body}</tbody></table><small>{below}</small>"


def _notes(report: "Report") -> list[str]:
    return [f"note: {sentence}" for sentence in (*report.left_out, *report.caveats)]


def _row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
