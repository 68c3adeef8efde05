"""Losses and warnings of a run over its steps."""

from collections.abc import Iterator

import numpy as np

from gancli.explanation.warnings_in_words import WarningOfRun
from gancli.figures.curves import window_of
from gancli.report.chart import Marks, chart
from gancli.report.curves import MOST_POINTS, Curve, losses, plain, together
from gancli.report.elements import Markup, element, folded, section, table
from gancli.report.facts import RunFacts

MOST_EVENTS = 40  # warnings, or notices, that are listed
MOST_MARKS = 60  # warnings that are marked in a chart


def progress(run: RunFacts, level: int = 2) -> Markup:
    """The sections of losses and of warnings."""
    return element("div", _losses(run, level), _warnings(run, level))


def _losses(run: RunFacts, level: int) -> Markup:
    curves = losses(run)
    if not curves:
        return section("Losses", element("p", "No losses have been logged."), level=level)
    marks = kind_marks(run)
    charts = [chart(f"Losses over the steps: {named(group)}", group, run.step, marks) for group in together(curves)]
    return section("Losses", element("p", _about(curves, marks)), charts, _numbers(curves), level=level)


def named(curves: list[Curve]) -> str:
    """The names of curves, one after the other."""
    return ", ".join(dict.fromkeys(curve.name for curve in curves))


def kind_marks(run: RunFacts) -> Marks:
    """The steps of warnings, each with the first words of it."""
    return [(step, text.partition(":")[0]) for step, text in run.events("warning")[:MOST_MARKS]]


def _about(curves: list[Curve], marks: Marks) -> str:
    longest = max(len(curve.values) for curve in curves)
    said = []
    if any(window_of(curve.values) > 1 for curve in curves):
        said.append("The pale line is what was logged, the strong one its running mean.")
    if longest > MOST_POINTS:
        said.append(f"Of {longest:,} logged values, the lowest and the highest of every stretch are drawn.")
    if marks:
        said.append("A red line marks a warning.")
    return " ".join([*said, "Point at a chart, or use the arrow keys in it, to read values."])


def _numbers(curves: list[Curve]) -> Markup:
    rows = [[curve.name, *_summary(curve)] for curve in curves]
    header = ["loss", "logged", "first", "lowest", "highest", "last"]
    return folded("The losses in numbers", table(header, rows, "Losses as they were logged", numbers=True))


def _summary(curve: Curve) -> list[str]:
    known = curve.values[np.isfinite(curve.values)]
    if not len(known):
        return [f"{len(curve.values):,}", *["–"] * 4]
    ends = plain(np.array([known[0], known.min(), known.max(), known[-1]]))
    return [f"{len(curve.values):,}", *(f"{value:.4g}" for value in ends)]


def _warnings(run: RunFacts, level: int) -> Markup:
    given = run.events("warning")
    if not given:
        said = "The monitor warned of nothing." if run.history else "Nothing has been logged."
        return section("Warnings", element("p", said), _notices(run), level=level)
    shown, meanings = given[:MOST_EVENTS], {warning.name: warning for warning in run.warnings}
    more = f"{len(given) - len(shown):,} more are in {run.folder.history.name}." if len(given) > len(shown) else None
    items = list(_explained(shown, meanings))
    return section("Warnings", items, element("p", more) if more else None, _notices(run), level=level)


def _explained(given: list[tuple[int, str]], meanings: dict[str, WarningOfRun]) -> Iterator[Markup]:
    """Each warning with its advice; what it means is said once."""
    for step, words in given:
        name, colon, rest = words.partition(":")
        meaning = meanings.pop(name, None)
        yield element(
            "div",
            element("p", element("strong", f"Step {step:,}: {name}"), f"{colon}{rest}"),
            element("p", meaning.meaning, class_="note") if meaning and meaning.meaning else None,
            class_="warned-of",
        )


def _notices(run: RunFacts) -> Markup | None:
    found = [*run.events("origin"), *run.events("notice"), *run.events("end")][:MOST_EVENTS]
    return element("ul", [element("li", f"Step {step:,}: {words}") for step, words in found]) if found else None
