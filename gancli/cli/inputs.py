"""Parts that ``gan translate`` and ``gan project`` share: the pictures on the command line, and those that fail."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from gancli.cli.completing import INPUT
from gancli.errors import DataError, UsageError, in_lines, plural


def argument(metavar: str) -> Any:
    """The words of a command that takes pictures; ``metavar`` is what its help calls one."""
    return typer.Argument(
        metavar=f"{metavar}|OPTION=VALUE",
        help="Pictures, and folders of pictures; sampling options of the model; or new places of files.",
        show_default=False,
        autocompletion=INPUT,
    )


def inputs_and_others(words: Sequence[str], to_do: str) -> tuple[list[Path], list[str]]:
    """The pictures and folders among the words of a command; and the rest, ``OPTION=VALUE`` each."""
    others = [word for word in words if re.match(r"[A-Za-z_][\w.]*=", word) and not os.path.lexists(word)]
    inputs = [Path(word) for word in words if word not in others]
    if not inputs:
        raise UsageError(f"found {', '.join(others)} and no picture; expected files or folders to {to_do}")
    return inputs, others


def failure(n: int, done: int, problems: Sequence[str], folders: Sequence[str], what_is_done: str) -> DataError:
    """The error that names the pictures, of ``n`` in all, and the folders that could not be read."""
    kinds = [f"{len(problems):,} of {n:,} pictures"] if problems else []
    kinds += [f"{len(folders)} {plural('folder', len(folders))}"] if folders else []
    rest = f"; {done:,} {'is' if done == 1 else 'are'} {what_is_done}" if done else ""
    return DataError(f"{' and '.join(kinds)} could not be read{rest}:{in_lines([*problems, *folders])}")
