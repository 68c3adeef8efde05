"""What ``gan train`` was asked to train, as one value; made and checked before anything slow is imported."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gancli.run.run import Run


@dataclass(frozen=True)
class TrainingRequest:
    """What is trained, and where it is written.

    Attributes:
        recipe: a path or a listed name; None for a run that is resumed, or for a checkpoint's own recipe.
        overrides: ``KEY=VALUE`` each.
        out: the run's directory; None for runs/NAME.
        resume: the run to resume; None for a new one.
        start_from: a checkpoint or a run whose networks a new run starts from; None for new networks.
        allow_data_change: resume although the data have changed.
    """

    recipe: str | None
    overrides: tuple[str, ...] = ()
    out: Path | None = None
    resume: Path | None = None
    start_from: Path | None = None
    allow_data_change: bool = False

    def check(self) -> None:
        """Raises UsageError for arguments that exclude each other, CheckpointError if there is no such checkpoint."""
        from gancli import library

        library.check_training(
            self.recipe, self.out, self.resume, self.start_from, allow_data_change=self.allow_data_change
        )

    def start(self) -> "Run":
        """Start or resume the run; this imports torch."""
        from gancli import library

        return library.train(
            self.recipe,
            *self.overrides,
            out=self.out,
            resume=self.resume,
            start_from=self.start_from,
            allow_data_change=self.allow_data_change,
        )
