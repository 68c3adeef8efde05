"""The warnings of a run, marked in the panel of its losses."""

from gancli.errors import printable
from gancli.figures.canvas import Axes, Line2D
from gancli.figures.curves import LoggedLines

KINDS = 5  # of warnings that have a mark of their own
WARNING = "firebrick"
NEAR = 0.02  # of the width of a panel, that the number of a warning needs


def warnings_of(history: LoggedLines) -> dict[str, list[float]]:
    """The steps of every kind of warning, by its first words; the rarest kinds together, if they are many."""
    kinds: dict[str, list[float]] = {}
    for line in history:
        if "warning" in line:
            kinds.setdefault(printable(str(line["warning"]).partition(":")[0]), []).append(line["step"])
    if len(kinds) > KINDS:
        rare = sorted(kinds, key=lambda kind: len(kinds[kind]), reverse=True)[KINDS - 1 :]
        kinds["other warnings"] = sorted(step for kind in rare for step in kinds.pop(kind))
    return kinds


def mark_warnings(panel: Axes, history: LoggedLines) -> list[Line2D]:
    """Draw a line at the steps where a run warned of something, with the number of its kind; a handle for each kind."""
    kinds = list(warnings_of(history).values())
    marks = sorted((step, number) for number, steps in enumerate(kinds, 1) for step in steps)
    last = max((line["step"] for line in history), default=1)
    together: list[tuple[float, set[int]]] = []  # numbers that would overlap stand beside each other
    for step, number in marks:
        panel.axvline(step, color=WARNING, linestyle=":", linewidth=1.2)
        if not together or step - together[-1][0] > NEAR * last * len(together[-1][1]):
            together.append((step, set()))
        together[-1][1].add(number)
    for step, numbers in together:
        text, where = ",".join(map(str, sorted(numbers))), panel.get_xaxis_transform()
        panel.text(step, 1.01, text, transform=where, color=WARNING, fontsize=8, ha="center", va="bottom")
    return [Line2D([], [], color=WARNING, linestyle=":", linewidth=1.2) for _ in kinds]
