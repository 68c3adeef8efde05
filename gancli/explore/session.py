"""The checkpoints that the page can choose from, and their generators, of which a few stay loaded."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.build import places
from gancli.errors import CheckpointError, Warn, ignore
from gancli.library.generator import Generator
from gancli.storage import checkpoint, header
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.run_folder import RunFolder

MAX_LOADED = 3  # generators in memory


@dataclass(frozen=True)
class Saved:
    """A checkpoint of the time line."""

    name: str  # by which the page asks for it
    step: int
    path: Path


class Session:
    """What one command explores.

    Args:
        place: a run, or a checkpoint file.
        moved: where files of the recipe are now.
        options: of the model's sampler, that the page begins with.
        warn: gets the messages of loading.

    Raises CheckpointError, PluginError, UsageError.
    """

    def __init__(self, place: Path, moved: Sequence[str], options: dict[str, Any], warn: Warn = ignore) -> None:
        self.place, self.moved, self.options = place, moved, options
        self.name = RunFolder.of(place).name if place.is_dir() else place.name
        first = checkpoint.result(place, warn)
        generator = self._made(first)
        generator.check_options(options)
        self._first = first.file.stem
        self._loaded = OrderedDict({Saved(first.file.stem, first.step, first.file): generator})

    def checkpoints(self) -> list[Saved]:
        """Those that are there now, the oldest first; a training may save more, and prune some."""
        if not self.place.is_dir():
            return [_saved(self.place)]
        run = RunFolder(self.place)
        found = [Saved(path.stem, run.step(path), path) for path in run.checkpoints()]
        with suppress(CheckpointError):  # there is none, or it is damaged
            found.append(_saved(run.best))
        return sorted(found, key=lambda saved: (saved.step, saved.path == run.best))

    @property
    def start(self) -> str:
        """The checkpoint that the page begins with: what ``gan sample`` takes, or the newest once that is pruned."""
        names = [saved.name for saved in self.checkpoints()]
        return self._first if self._first in names else names[-1]

    def saved(self, name: str) -> Saved:
        """A checkpoint by its name; raises CheckpointError if it is not there, or no more."""
        for saved in self.checkpoints():
            if saved.name == name:
                return saved
        raise CheckpointError("this checkpoint is not there, or no more; load the page again")

    def generator(self, name: str) -> Generator:
        """The generator of a checkpoint."""
        saved = self.saved(name)
        if saved not in self._loaded:
            self._loaded[saved] = self._made(Checkpoint.load(saved.path))
            while len(self._loaded) > MAX_LOADED:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(saved)
        return self._loaded[saved]

    def _made(self, saved: Checkpoint) -> Generator:
        return Generator(places.moved(saved, self.moved))


def _saved(path: Path) -> Saved:
    """A file with its step, which stands in its header."""
    try:
        step = int(header.values(path)["step"])
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise header.refusal(path, error) from None
    return Saved(path.stem, step, path)
