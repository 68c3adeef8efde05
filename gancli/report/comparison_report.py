"""The report of a comparison: its table, and the first training of every row side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

from gancli.evaluation.interpretation import LEGEND, describe_protocol, interpret, with_arrow
from gancli.evaluation.score import Score
from gancli.report.elements import Child, element, section, table
from gancli.report.report import report
from gancli.storage.run_folder import RunFolder

if TYPE_CHECKING:
    from gancli.comparison import Comparison, Row

TITLE = "Comparison"


def comparison_report(found: "Comparison") -> str:
    """The report as HTML; empty if no row has a run."""
    runs = {row.name: place for row in found.rows if (place := _first_run(row)) is not None}
    names = ", ".join(row.name for row in found.rows)
    return report(runs, title=f"{TITLE}: {names}", overview=_table(found)) if runs else ""


def _first_run(row: "Row") -> Path | None:
    places = [Path(training.run) for training in row.trainings]
    return next((place for place in places if RunFolder(place).is_run), None)


def _table(found: "Comparison") -> Child:
    scores = {row.name: row.scores(found.baseline, found.beside) for row in found.rows}
    names = list(dict.fromkeys(name for row in scores.values() for name in row)) or list(found.baseline)
    rows = [
        [other, *(str(Score(numbers[name])) if name in numbers else "" for name in names), ""]
        for other, numbers in {"real data": found.baseline, **found.beside}.items()
    ]
    rows += [[row.name, *(str(scores[row.name].get(name, "–")) for name in names), row.training] for row in found.rows]
    words = [f"{name}: {said}" for name, of_row in scores.items() if (said := interpret(of_row))]
    notes = [*words, LEGEND, describe_protocol(found.protocol), *found.left_out, *found.caveats]
    return section(
        "Metrics beside real data",
        table(["", *map(with_arrow, names), "training"], rows, "Mean ± sd over trainings", numbers=True),
        element("ul", [element("li", note) for note in notes], class_="note"),
        element("p", "Below stands the first training of each row."),
    )
