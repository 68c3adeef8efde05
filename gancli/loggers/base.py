"""The contract of a logger: it gets what a training records, and changes nothing of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gancli import extras

End = Literal["finished", "stopped", "diverged", "failed"]


@dataclass(frozen=True)
class LoggedRun:
    """The run that a logger is started for.

    Attributes:
        name: of its folder.
        folder: where a logger may keep files of its own.
        recipe: with every default, as plain values.
        step: steps that are done; 0 for a new run.
    """

    name: str
    folder: Path
    recipe: Mapping[str, Any]
    step: int


class Logger(ABC):
    """A receiver of the numbers, pictures and messages of a training, such as TensorBoard.

    Its constructor only checks options: a ValueError is the recipe's error, before there is a run. Everything else is
    called in a thread of its own, so that a slow logger does not slow the training, one call after another, by steps
    that never decrease. An error there leaves it out of the rest of the training, which goes on.

    It gets numbers, texts and paths. It prints nothing on stdout, and leaves torch's random numbers alone.
    """

    def start(self, run: LoggedRun) -> int:
        """Begin, or continue after a resume; returns the last step that it need not be given (again).

        Everything after that step follows: from the history of the run what it has not got, then what is new. −1 is
        the whole history. A step that it has beyond ``run.step`` is made again, with the same numbers on the same
        machine: it returns that step to keep what it has, or drops it.
        """
        return run.step

    @abstractmethod
    def log(self, step: int, values: Mapping[str, float]) -> None:
        """The losses of a step, the numbers that the model recorded, and ``seconds`` of training so far, by name."""

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        """The metrics of an evaluation, by name; as other numbers by default."""
        self.log(step, metrics)

    def log_samples(self, step: int, picture: Path) -> None:  # noqa: B027 - it need not show pictures
        """The fixed samples of a step, as a PNG file."""

    def log_text(self, step: int, kind: str, text: str) -> None:  # noqa: B027 - nor texts
        """A ``warning``, a ``notice``, the ``origin`` of the run, or why its ``end`` came before its last step."""

    def close(self, end: End) -> None:  # noqa: B027 - nor have anything to close
        """The training has ended; what is left is written within a minute, after Ctrl-C within ten seconds."""


def curves(group: Literal["losses", "metrics"], values: Mapping[str, float]) -> dict[str, float]:
    """Values by the names of their curves, such as ``losses/generator``; ``seconds`` belongs to no group."""
    return {name if name == "seconds" else f"{group}/{name}": value for name, value in values.items()}


def require(module: str, install: str) -> None:
    """Raises ValueError, with the pip command, if a package that a logger needs is not installed."""
    if extras.missing([module]):
        raise ValueError(f"it needs the package {module}, which is not installed: pip install {install}")
