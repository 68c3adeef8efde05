"""A command: its results go to stdout, and what it does meanwhile is shown on stderr."""

from typing import Any

from typer.core import TyperCommand

from gancli.cli.output import stdout_for_results
from gancli.cli.waiting import waiting


class Command(TyperCommand):
    """A command whose stdout carries its results and nothing else, and which is never silent for long."""

    def invoke(self, ctx: Any) -> Any:
        with stdout_for_results(), waiting():
            return super().invoke(ctx)
