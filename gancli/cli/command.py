"""A command: its results go to stdout, and what it does meanwhile is shown on stderr."""

import re
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperCommand

from gancli import torchrun
from gancli.errors import plain
from gancli.terminal.output import stdout_for_results
from gancli.terminal.waiting import waiting

CLASSES = {"--class", "--to-class"}  # whose name may be anything
EMPTY = re.compile(r"(--[\w-]+=)?")


class Command(TyperCommand):
    """A command whose stdout carries its results and nothing else, and which is never silent for long.

    Of several processes that share a terminal, the first one alone shows what it does.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # An empty path would be the working directory: its pictures would be read, or files written among its own.
        if not ctx.resilient_parsing and (empty := _empty(args)) is not None:
            shown = empty or "''"
            raise typer.BadParameter(f"found {shown}, which is empty; is it a variable of the shell that is not set?")
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = plain(error.message)
            raise

    def invoke(self, ctx: Any) -> Any:
        with stdout_for_results(), nullcontext() if torchrun.rank() else waiting():
            return super().invoke(ctx)


def _empty(words: list[str]) -> str | None:
    """The first word without a content, unless it is the name of a class."""
    pairs = pairwise(["", *words])
    empty = (word for before, word in pairs if EMPTY.fullmatch(word) and not CLASSES & {before, word.rstrip("=")})
    return next(empty, None)
