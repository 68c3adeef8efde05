"""A report is the table of the command, in a terminal and in a notebook."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gancli
from gancli.evaluation import Report, Score


class Cells(HTMLParser):
    """The text of every cell of a table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "br":
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def test_it_has_what_the_command_prints(gan: Any, points_run: Path) -> None:
    report = gancli.evaluate(points_run, n=200, seeds=2)
    printed = gan("evaluate", points_run, "--n", 200, "--seeds", 2).stdout
    rows = Cells(report._repr_html_()).rows
    assert rows[0] == ["metric", "mean ± sd of 2 seeds", "real data"]
    assert [row[0].split()[0] for row in rows[1:]] == [name.split()[0] for name in report.scores]
    for text in (str(report), printed):
        for row in rows:
            assert any(all(cell in line for cell in row) for line in text.splitlines()), row
    for line in str(report).split("\n\n")[1].splitlines():
        assert line.removeprefix("note: ") in printed + gan("evaluate", points_run, "--n", 200, "--seeds", 2).stderr
    assert repr(report) == str(report)


def test_what_a_stranger_named_is_text_in_a_notebook() -> None:
    report = Report({"FD": Score((1.0,))}, {"step": 1, "recipe": "<script>", "weights": "averaged"}, caveats=("a < b",))
    assert "<script>" not in report._repr_html_()
    assert "note: a &lt; b" in report._repr_html_()
    assert str(report).splitlines()[:2] == ["metric  mean ± sd of 1 seed  real data", "FD ↓    1"]


def test_a_report_of_nothing_has_a_header() -> None:
    assert str(Report({})).startswith("metric  mean ± sd of 0 seeds  real data\n")
