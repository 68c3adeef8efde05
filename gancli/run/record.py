"""The record of a training: how far it is, its monitor, its history, its notices and warnings for the user."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch.nn.utils import get_total_norm

from gancli.losses import Losses
from gancli.monitoring import GO_BACK, TrainingMonitor, reference_examples
from gancli.run import patience, state, suggestions
from gancli.run.notices import first_notices, notices
from gancli.run.resume import NOT_EVALUATED
from gancli.run.starting import Opened
from gancli.run.state import Progress
from gancli.storage.history import History


class Record:
    """What a training remembers beside its tensors; what happens is logged in the history of its run.

    Raises CheckpointError if the run is at a checkpoint that does not fit the training.
    """

    def __init__(self, opened: Opened) -> None:
        self._training, recipe, saved = opened.training, opened.recipe, opened.saved
        gan, dataset = opened.training.gan, opened.training.dataset
        self.notices = (
            notices(recipe, opened.training) if saved and saved.step else first_notices(recipe, opened.training)
        )
        self.warnings: list[str] = []
        reference = partial(reference_examples, dataset, recipe.seed)
        self.monitor = TrainingMonitor(
            gan.loss,
            reference,
            class_names=gan.data.class_names,
            steps=recipe.train.steps,
            applies=partial(suggestions.applies, recipe),
        )
        if saved:
            state.restore(opened.training, self.monitor, saved)
        self._recipe, self._folder = recipe, opened.folder
        self.progress = state.progress(saved) if saved else Progress()
        self.progress.ended = patience.is_spent(recipe, self.monitor.best)  # it may have another patience now
        self.history = History(opened.folder.history, self.progress.step)
        if self.progress.origin and self.history.is_empty:
            self.history.log_event(0, "origin", f"started from {self.progress.origin}")

    def evaluated(self, metric: str, value: float | None, *, is_better: bool) -> None:
        """Remember an evaluation of this step, and whether it ends the training.

        Args:
            value: of the selection metric; None if it could not be computed.
        """
        if is_better and value is not None:
            self.progress.best = value
            self.monitor.evaluated(self.progress.step, metric, value)
        else:
            self.monitor.not_better(self.progress.step)
        self.progress.ended = patience.is_spent(self._recipe, self.monitor.best)

    @property
    def end(self) -> str:
        """Why the training ended before its last step; empty if it did not."""
        best = self.monitor.best
        return patience.reason(best) if best is not None and self.progress.ended else ""

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Log an evaluation of this step, and the end of the training if it is one."""
        self.history.log_metrics(self.progress.step, metrics, self.end)

    def not_evaluated(self, reason: object) -> None:
        """Warn that this step could not be evaluated; it may end the training too."""
        self.warn([f"{NOT_EVALUATED}: {reason}"])
        if self.end:
            self.history.log_event(self.progress.step, "end", self.end)

    def log(self, losses: Losses) -> None:
        """Log the losses of the step that is done, and the numbers that the model recorded."""
        values = to_floats(losses | self._training.gan.records)
        self.history.log(self.progress.step, values, self.progress.seconds)
        minimised = {name: values[name] for name in losses}
        self.warn(self.monitor.after_step(self.progress.step, minimised, self._generator_gradient()))

    def warn(self, warnings: Sequence[str]) -> None:
        """Add warnings for the user, with the command that goes back if they advise it, and log them in the history.

        The history has no commands, for it does not depend on where the run is and which checkpoints it has.
        """
        for warning in warnings:
            back = self.way_back() if GO_BACK in warning else ""
            self.warnings.append(f"step {self.progress.step}: {warning}{back and f'; to go back: {back}'}")
            self.history.log_event(self.progress.step, "warning", warning)

    def way_back(self) -> str:
        """The command that goes back to an earlier step; empty if there is none to go back to."""
        return suggestions.way_back(self._recipe, self._folder, self.monitor.last_good_step(self.progress.step))

    def note(self, *notices: str) -> None:
        """Add notices for the user, and log them in the history."""
        self.notices += notices
        for notice in notices:
            self.history.log_event(self.progress.step, "notice", notice)

    def _generator_gradient(self) -> float:
        weights = self._training.gan.generator.parameters()
        return float(get_total_norm([weight.grad for weight in weights if weight.grad is not None]))


def to_floats(losses: Losses) -> dict[str, float]:
    """The losses as numbers; on a GPU, this waits for them."""
    values = torch.stack(tuple(losses.values())).tolist()
    return dict(zip(losses, values, strict=True))
