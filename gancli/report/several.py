"""Several runs side by side: what differs between their recipes, their losses, newest samples, and metrics."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gancli.evaluation.interpretation import LEGEND, with_arrow
from gancli.explanation.options import written
from gancli.report.chart import chart
from gancli.report.curves import Curve, losses
from gancli.report.elements import Markup, element, section, table
from gancli.report.facts import RunFacts
from gancli.report.samples_section import picture
from gancli.report.summary_section import outcome

ABSENT = "–"


def side_by_side(runs: Sequence[RunFacts]) -> list[Markup | None]:
    """The sections that compare runs."""
    return [_overview(runs), _differences(runs), _losses(runs), _samples(runs), _metrics(runs)]


def _overview(runs: Sequence[RunFacts]) -> Markup:
    rows = [[run.name, f"{run.step:,}", f"{run.seconds:,.0f} s", outcome(run)] for run in runs]
    return section("The runs", table(["run", "steps", "training", "how it went"], rows, "Runs of this report"))


def _differences(runs: Sequence[RunFacts]) -> Markup:
    recipes = [dict(_flat(run.recipe)) for run in runs]
    keys = dict.fromkeys(key for recipe in recipes for key in recipe)
    differ = [key for key in keys if len({recipe.get(key, ABSENT) for recipe in recipes}) > 1]
    if not differ:
        return section("What differs", element("p", "Their recipes are the same, every default included."))
    rows = [[element("code", key), *(recipe.get(key, ABSENT) for recipe in recipes)] for key in differ]
    return section("What differs", table(["key", *(run.name for run in runs)], rows, "Keys of the recipes that differ"))


def _flat(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The values of a recipe by their dotted keys."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", written(value)


def _losses(runs: Sequence[RunFacts]) -> Markup | None:
    """A chart a loss, with a curve a run; all have the same axis of steps."""
    last = max(run.step for run in runs)
    of_loss: dict[str, list[Curve]] = {}
    for number, run in enumerate(runs):
        for curve in losses(run):
            named = Curve(run.name, number, curve.steps, curve.values, curve.equilibrium if _alike(runs) else None)
            of_loss.setdefault(curve.name, []).append(named)
    charts = [
        element("div", element("h3", name), chart(f"{name} of each run over the steps", curves, last))
        for name, curves in of_loss.items()
    ]
    return section("Losses", charts or element("p", "No losses have been logged."))


def _alike(runs: Sequence[RunFacts]) -> bool:
    """Whether they have the same equilibrium, so that one line shows it."""
    return all(run.equilibrium == runs[0].equilibrium for run in runs)


def _samples(runs: Sequence[RunFacts]) -> Markup:
    shown = [_newest(run) for run in runs]
    reals = next((run.reals for run in runs if run.reals), None)
    real = element("figure", picture(reals, "real examples"), element("figcaption", "real, as trained on"))
    return section("Newest samples", element("div", shown, real if reals else None, class_="beside"))


def _newest(run: RunFacts) -> Markup:
    step = max(run.samples.pictures, default=None)
    if step is None:
        return element("figure", element("p", "no samples"), element("figcaption", run.name))
    caption = f"{run.name}, step {step:,}"
    return element(
        "figure", picture(run.samples.pictures[step], f"samples of {caption}"), element("figcaption", caption)
    )


def _metrics(runs: Sequence[RunFacts]) -> Markup:
    measured = [(run, run.metrics) for run in runs if run.metrics is not None]
    names = list(dict.fromkeys(name for _, found in measured for name in found.scores))
    if not names:
        return section("Metrics", element("p", "None of them has been measured: ", element("code", "gan evaluate RUN")))
    rows = [[run.name, *(str(found.scores.get(name, ABSENT)) for name in names)] for run, found in measured]
    first = measured[0][1]
    real = [str(first.scores[name].real or ABSENT) if name in first.scores else ABSENT for name in names]
    same = all(found.protocol == first.protocol for _, found in measured)
    warning = "They were measured in different ways: only numbers of one protocol can be compared. See each run."
    return section(
        "Metrics",
        None if same else element("div", element("p", warning), class_="warned-of"),
        table(["", *map(with_arrow, names)], [["real data", *real], *rows] if same else rows,
              "Metrics of each run", numbers=True),
        element("p", LEGEND, class_="note"),
    )  # fmt: skip
