"""The report of one run, or of several side by side."""

from collections.abc import Mapping
from pathlib import Path

from gancli import __version__
from gancli.commands import command
from gancli.report.elements import Child, Markup, element, folded
from gancli.report.facts import RunFacts, collect
from gancli.report.machine_section import machine, repetition
from gancli.report.metrics_section import metrics
from gancli.report.page import page
from gancli.report.pictures import MAX_BYTES
from gancli.report.progress_section import progress
from gancli.report.samples_section import nearest, samples
from gancli.report.several import side_by_side
from gancli.report.summary_section import summary
from gancli.report.training_section import training


def report(runs: Mapping[str, Path], *, title: str = "", overview: Child = None) -> str:
    """The report as HTML.

    Args:
        runs: their folders, by the names that they have in it.
        title: of the page; by default, the names of the runs.
        overview: what stands above several runs, such as the table of a comparison.

    Raises CheckpointError for a folder that is not a run.
    """
    facts = [collect(place, name, MAX_BYTES // len(runs)) for name, place in runs.items()]
    heading = title or ", ".join(runs)
    if len(facts) == 1:
        content: list[Child] = [summary(facts[0]), overview, *_sections(facts[0])]
    else:
        each = [folded(f"The run {run.name}", summary(run), _sections(run, level=3)) for run in facts]
        content = [overview, side_by_side(facts), element("h2", "Each run"), each]
    return page(heading, element("header", element("h1", heading)), content, _footer())


def _sections(run: RunFacts, level: int = 2) -> list[Markup | None]:
    return [
        samples(run, level),
        progress(run, level),
        metrics(run, command("evaluate", run.folder.path), level),
        nearest(run, level),
        training(run, level),
        machine(run, level),
        repetition(run, level),
    ]


def _footer() -> Markup:
    words = (
        f"Made by gan {__version__} from the files of the run. This page loads nothing, and works without a network."
    )
    return element("footer", words)
