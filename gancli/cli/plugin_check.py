"""``gan plugin check``: try everything that the components of a package promise."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancli.cli.completing import PACKAGE
from gancli.cli.options import Json
from gancli.errors import PluginError, printable
from gancli.terminal.output import print_json, result
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.testing import Outcome
    from gancli.testing.installed import Report

EXAMPLES = "Examples:  gan plugin check  ·  gan plugin check gan-acgan  ·  gan plugin check gan-acgan --json"


def check(
    packages: Annotated[
        list[str] | None,
        typer.Argument(metavar="PACKAGE", help="Installed packages; by default, all plugins.", autocompletion=PACKAGE),
    ] = None,
    json: Json = False,
) -> None:
    """Try everything that installed packages and their components promise: metadata, import, mathematics, training.

    Whatever is broken is shown with the sentence of the contract, the value found, and how to mend it; then the exit
    code is 6. Small networks and data are used, so that it takes seconds a component.
    """
    load_torch()
    from gancli.testing.installed import check_packages

    reports = []
    for report in check_packages(packages or ()):
        reports.append(report)
        if not json:
            result(_as_text(report))
    if json:
        _print_json(reports)
    if broken := [report for report in reports if report.is_broken]:
        names = ", ".join(f"{report.component or 'the package itself'} of {report.package}" for report in broken)
        raise PluginError(f"{len(broken)} of {len(reports)} broken: {names}")


def _as_text(report: "Report") -> str:
    """The package or component, and a line a check; more of a broken one."""
    title = f"{report.component} of {report.package}" if report.component else report.package
    lines = [line for outcome in report.outcomes if outcome.status != "not tried" for line in _lines(outcome)]
    return "\n".join(map(printable, [title, *lines, *_not_tried(report.outcomes), ""]))


def _lines(outcome: "Outcome") -> list[str]:
    if outcome.status == "ok":
        return [f"  ok      {outcome.check}" + (f": {outcome.found}" if outcome.found else "")]
    about = (outcome.sentence, f"found: {outcome.found}", f"mend: {outcome.mend}")
    return [f"  BROKEN  {outcome.check}", *(f"            {' '.join(line.split())}" for line in about)]


def _not_tried(outcomes: "Iterable[Outcome]") -> list[str]:
    """What was not tried, in one line for each reason."""
    left = [outcome for outcome in outcomes if outcome.status == "not tried"]
    return [
        f"  not tried, because {reason}: {', '.join(outcome.check for outcome in same)}"
        for reason, same in groupby(left, key=lambda outcome: outcome.found)
    ]


def _print_json(reports: "list[Report]") -> None:
    def row(report: "Report", outcome: "Outcome") -> dict[str, Any]:
        return {"package": report.package, "component": report.component} | asdict(outcome)

    print_json([row(report, outcome) for report in reports for outcome in report.outcomes], indent=2)
