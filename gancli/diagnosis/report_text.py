"""The report as text, to be pasted into a bug report: without the user's name and home."""

from gancli.diagnosis.private import without_names
from gancli.diagnosis.report import Report
from gancli.explanation.layout import Page


def text(report: Report) -> str:
    """Sections and warnings, 80 columns wide."""
    page = Page()
    page.title("gan doctor")
    for name, facts in report.sections.items():
        page.heading(name)
        page.pairs(facts)
    page.heading("Warnings")
    for warning in report.warnings:
        page.item(warning)
    if not report.warnings:
        page.paragraph("None: no problem was found.")
    return without_names(str(page))
