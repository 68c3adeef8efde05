"""The errors a user can cause or meet, and the exit code of each.

Whatever is raised here is shown as one message without a traceback. A message names what was found, what was
expected and the way out.
"""

import errno
from collections.abc import Callable, Iterable

MAX_LINES = 20  # of a list in a message

Warn = Callable[[str], None]


def ignore(warning: str) -> None:
    """A receiver of warnings that drops them."""


def printable(text: str) -> str:
    r"""A name or a text from a stranger as a terminal may see it: a control character as its escape, say ``\x1b``."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def printable_lines(text: str) -> str:
    """A text of many lines, each as ``printable`` makes it."""
    return "\n".join(map(printable, text.split("\n")))


def plain(message: str) -> str:
    """A message of pydantic in the words of ours: what was expected."""
    return message.removeprefix("Value error, ").replace("Input should be", "expected")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is used up; on a CPU, torch raises a plain RuntimeError for it."""
    if isinstance(error, RuntimeError):
        return "out of memory" in str(error) or "can't allocate memory" in str(error)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def plural(noun: str, count: int) -> str:
    """A regular noun after its number: ``folder`` after 1, else ``folders``."""
    return noun if count == 1 else f"{noun}s"


def in_lines(lines: Iterable[str]) -> str:
    """A list in a message: each on a line of its own, indented; of many the first, and how many more there are."""
    lines = list(lines)
    more = [f"… and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
    return "".join(f"\n  {line}" for line in [*lines[:MAX_LINES], *more])


class GanError(Exception):
    """An expected failure; ``exit_code`` is what the shell sees."""

    exit_code = 1


class VerificationError(GanError):
    """A training that was killed and resumed differs from an uninterrupted one."""


class UsageError(GanError):
    """The command line asks for something impossible."""

    exit_code = 2


class RecipeError(GanError):
    """A recipe, or an override of one, is wrong; holds one line a problem, all of them at once."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DataError(GanError):
    """A dataset is missing, damaged, or not what the run was started with."""

    exit_code = 3


class CheckpointError(GanError):
    """A checkpoint is damaged, not ours, or from a newer version."""

    exit_code = 4


class DivergedError(GanError):
    """A loss or a gradient stopped being a finite number."""

    exit_code = 5
    step: int | None = None  # of the training, counted from 1; None if it is not known


class PluginError(GanError):
    """A plugin is missing, clashes with another, or failed in its own code."""

    exit_code = 6


class StorageError(GanError):
    """The disk is full, or a path cannot be written."""

    exit_code = 7


class DeviceError(GanError):
    """The device asked for is not there, or has no memory left."""

    exit_code = 8


class LostProcessError(DeviceError):
    """Another process of the same training has ended."""


class RunLockedError(GanError):
    """Another process is writing to the run."""

    exit_code = 75
