"""Metrics of a run beside what real data gets, and the evaluations during its training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gancli.evaluation.interpretation import LEGEND, with_arrow
from gancli.evaluation.recorded import RecordedReport
from gancli.evaluation.report_text import remarks
from gancli.evaluation.report_text import table as cells
from gancli.figures.curves import LoggedLines, evaluations, over_steps
from gancli.report.elements import Markup, element, section, table
from gancli.report.facts import RunFacts
from gancli.report.pictures import spread

MOST_EVALUATIONS = 12  # that are listed


def metrics(run: RunFacts, evaluate: str, level: int = 2) -> Markup:
    """The section.

    Args:
        evaluate: the command that measures the run.
    """
    recorded = _recorded(run.metrics) if run.metrics else None
    if recorded is None:
        way = [" This does it: ", element("code", evaluate)] if run.saved else " There is no checkpoint yet to measure."
        recorded = [element("p", "It has not been measured beside real data.", way)]
    elif run.metrics and run.measured is not None and run.metrics.about.get("step") != run.measured:
        old = f"These are of step {run.metrics.about.get('step')}; 'gan evaluate' measures step {run.measured:,} now."
        recorded.insert(0, element("p", old))
    return section("Metrics beside real data", recorded, _evaluations(evaluations(run.history)), level=level)


def _recorded(found: RecordedReport) -> list[Markup] | None:
    """The table of ``gan evaluate`` with its remarks; None for a file that it did not write."""
    try:
        header, *rows = cells(found)
        words = remarks(found)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    notes = [*words, LEGEND, *found.left_out, *found.caveats]
    return [
        table(header, rows, "Each number beside that of real examples in the samples' place", numbers=True),
        element("ul", [element("li", note) for note in notes], class_="note"),
    ]


def _evaluations(logged: LoggedLines) -> Markup | None:
    """The evaluations during the training, a row each."""
    if not logged:
        return None
    names = list(dict.fromkeys(name for line in logged for name in line if name != "step"))
    shown = [logged[index] for index in spread(range(len(logged)), MOST_EVALUATIONS)]
    rows = [[f"{line['step']:,}", *(_value(line, name) for name in names)] for line in shown]
    caption = "Evaluations during the training, on fewer examples: compare them with each other only"
    if len(shown) < len(logged):
        caption += f" ({len(shown)} of {len(logged):,})"
    return table(["step", *map(with_arrow, names)], rows, caption, numbers=True)


def _value(line: Mapping[str, Any], name: str) -> str:
    """A logged number; a dash for what is not a finite one."""
    values = over_steps([line], name)[1]
    return f"{values[0]:.4g}" if np.isfinite(values).any() else "–"
