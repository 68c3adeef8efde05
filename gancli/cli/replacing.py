"""The option ``--force``: without it, nothing that is at the path of ``--out`` is replaced."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.errors import UsageError
from gancli.files import check_replaced
from gancli.sampling.numbered import NUMBERED
from gancli.terminal.output import STDOUT

Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


def check_out(out: Path | None, *, force: bool) -> None:
    """Raise UsageError if what a user's ``--out`` names is there already, unless it may be replaced.

    A folder may be there, without numbered pictures.
    """
    if out is None or out == STDOUT:
        return
    if not out.is_dir():
        check_replaced(out, force=force)
    elif not force and (there := sorted(path.name for path in out.iterdir() if NUMBERED.fullmatch(path.name))):
        raise UsageError(
            f"{out}: has numbered pictures already, {there[0]} among them; --force replaces those of the same names, "
            "and another --out keeps them"
        )
