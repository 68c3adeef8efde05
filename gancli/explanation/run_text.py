"""The text about a run: where it stands, how it went, what its losses and its warnings mean."""

from gancli.explanation.layout import INDENT, Page
from gancli.explanation.run_report import RunReport

MOST_STEPS = 6  # of one warning that are listed


def add_run(page: Page, run: RunReport) -> None:
    """Add the sections of a run to a page."""
    page.heading("Where it stands")
    page.pairs(_standing(run))
    page.heading("What the losses of this run say")
    for paragraph in run.losses:
        page.item(paragraph)
    if not run.losses:
        page.paragraph("No losses were logged." if run.has_history else "The history of its run is not beside it.")
    page.heading("Warnings of this run")
    for warning in run.warnings:
        page.item(f"{warning.name}, at step {_steps(warning.steps)}. {warning.meaning}")
        page.paragraph(f"The last one said: {warning.text}.", INDENT * 2)
    if not run.warnings:
        page.paragraph("None." if run.has_history else "The history of its run is not beside it.")


def _standing(run: RunReport) -> list[tuple[str, str]]:
    done = "done" if run.step >= run.steps else f"{run.step / run.steps:.0%}"
    found = [("step", f"{run.step:,} of {run.steps:,} ({done}), after {run.seconds:,.0f} s of training")]
    found += [("networks", f"started from {run.origin}")] * bool(run.origin)
    found += [(name, f"{value:.3g} at this step") for name, value in run.now.items()]
    found += [("evaluation", run.evaluations)] * bool(run.evaluations)
    return [*found, *[("outcome", run.verdict)] * bool(run.verdict)]


def _steps(steps: tuple[int, ...]) -> str:
    shown = ", ".join(f"{step:,}" for step in steps[:MOST_STEPS])
    return f"{shown}, and {len(steps) - MOST_STEPS} more" if len(steps) > MOST_STEPS else shown
