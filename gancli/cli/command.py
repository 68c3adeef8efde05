"""A command: its results go to stdout, and what it does meanwhile is shown on stderr."""

from contextlib import nullcontext
from typing import Any

from typer import BadParameter
from typer.core import TyperCommand

from gancli import torchrun
from gancli.terminal.output import stdout_for_results
from gancli.terminal.waiting import waiting


class Command(TyperCommand):
    """A command whose stdout carries its results and nothing else, and which is never silent for long.

    Of several processes that share a terminal, the first one alone shows what it does.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")  # of pydantic, which checks the choices
            raise

    def invoke(self, ctx: Any) -> Any:
        with stdout_for_results(), nullcontext() if torchrun.rank() else waiting():
            return super().invoke(ctx)
