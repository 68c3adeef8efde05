"""``gancli.load``."""

from pathlib import Path
from typing import TYPE_CHECKING

from gancli.errors import Warn, ignore

if TYPE_CHECKING:
    from gancli.library.generator import Generator


def load(path: Path | str, *moved: str, device: str = "auto", warn: Warn = ignore) -> "Generator":
    """The generator of a checkpoint file, or of a run: its newest valid checkpoint, or its best if ``train.patience``
    ended it.

    In a notebook it shows a few of its samples.

    Args:
        path: the file, or the run's folder.
        moved: where files of the recipe are now, ``dataset.root=PATH`` for example.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        warn: gets a message for every damaged checkpoint that is skipped, and for a run whose best step is taken.

    Raises CheckpointError, PluginError, DeviceError, and UsageError for ``moved`` that changes anything else.
    """
    from gancli.build import places
    from gancli.library.generator import Generator
    from gancli.storage import checkpoint

    return Generator(places.moved(checkpoint.result(Path(path), warn), moved), device)
