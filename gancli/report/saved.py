"""The header of a run's newest checkpoint: which data, which machine, which versions; read without torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from gancli.storage import format_1, header
from gancli.storage.origin import Origin
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class SourceFacts:
    """The images that are translated."""

    shape: tuple[int, ...]
    names: tuple[str, str] = ("A", "B")


@dataclass(frozen=True)
class DataFacts:
    """The data of a checkpoint."""

    shape: tuple[int, ...]
    num_classes: int = 0
    class_names: tuple[str, ...] = ()
    source: SourceFacts | None = None

    @property
    def is_image(self) -> bool:
        """Whether they are images, and not points."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class Saved:
    """What the header of a checkpoint says."""

    step: Annotated[int, Field(ge=0, lt=10**12)]
    name: str
    recipe: dict[str, Any]
    data: DataFacts
    fingerprint: str
    plugins: dict[str, str] = field(default_factory=dict)
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    torch: str = ""
    cpu: str = ""
    threads: int = 1
    processes: int = 1
    monitor: dict[str, Any] = field(default_factory=dict)
    ended: bool = False  # by train.patience
    origin: Origin | None = None


_SAVED = TypeAdapter(Saved)


def newest(folder: RunFolder) -> Saved | None:
    """What the newest checkpoint says whose header can be read; None if there is none."""
    return next(filter(None, map(_read, folder.checkpoints())), None)


def result(folder: RunFolder) -> Saved | None:
    """What the checkpoint says that ``gan evaluate`` measures: the best one if ``train.patience`` ended it."""
    found = newest(folder)
    return (found and found.ended and _read(folder.best)) or found


def _read(path: Path) -> Saved | None:
    """What a checkpoint says; None for one that is missing or damaged, instead of which an older one may be whole."""
    try:
        return _SAVED.validate_python(format_1.migrate(header.values(path)))
    except (OSError, ValidationError, ValueError, LookupError, TypeError, AttributeError, RuntimeError):
        return None
