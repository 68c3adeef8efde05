"""The checkpoints of a training: written whole, never with a number that is not finite, old ones pruned."""

from pathlib import Path

from gancli.errors import DivergedError
from gancli.files import make_folder
from gancli.run import state
from gancli.run.record import Record
from gancli.run.starting import Opened
from gancli.run.step_errors import recovery_hint


class Saver:
    """Writes the checkpoints of a training into its run."""

    def __init__(self, opened: Opened, record: Record) -> None:
        self.saved_step = record.progress.step if opened.saved else -1  # -1: none
        self._opened, self._record = opened, record

    def save(self, *, again: bool = False) -> None:
        """Write a checkpoint of this step unless there is one, and prune old ones; ``again`` writes it anew.

        Raises DivergedError, and keeps the old ones, if a number in it is not finite.
        """
        step, folder = self._record.progress.step, self._opened.folder
        if self.saved_step == step and not again:
            return
        path = folder.checkpoint(step)
        self._write(path)
        self.saved_step = step
        # A damaged newer one, that a resume skipped, does not count.
        paths = folder.checkpoints()
        for old in paths[paths.index(path) + self._opened.recipe.train.keep :]:
            old.unlink()

    def save_best(self) -> None:
        """Write a checkpoint of this step as that of the best; raises DivergedError as ``save`` does."""
        self._write(self._opened.folder.best)

    def _write(self, path: Path) -> None:
        opened, progress = self._opened, self._record.progress
        saved = state.snapshot(opened.training, opened.recipe, progress, self._record.monitor.state_dict())
        if (broken := state.not_finite(saved)) is not None:
            hint = recovery_hint(opened.folder)
            error = DivergedError(f"step {progress.step}: {broken} is not finite, so it is not saved; {hint}")
            error.step = progress.step
            raise error
        self._record.history.sync()
        if not path.parent.exists():
            make_folder(path.parent)  # and sync the run's directory, which has the history's name too
        saved.save(path)
