"""The record of a training: how far it is, its monitor, its history, and what is said to the user."""

from collections.abc import Sequence
from functools import partial

import torch
from torch.nn.utils import get_total_norm

from gancli.losses import Losses
from gancli.monitoring import TrainingMonitor, reference_examples
from gancli.run import state
from gancli.run.notices import first_notices, notices
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
        self.notices = notices(opened.training) if saved else first_notices(recipe, opened.training)
        self.warnings: list[str] = []
        reference = partial(reference_examples, dataset, recipe.seed)
        self.monitor = TrainingMonitor(gan.loss, reference, class_names=gan.data.class_names, steps=recipe.train.steps)
        if saved:
            state.restore(opened.training, self.monitor, saved)
        self.progress = Progress(saved.step, saved.seconds, saved.best) if saved else Progress()
        self.history = History(opened.folder.history, self.progress.step)

    def log(self, losses: Losses) -> None:
        """Log the losses of the step that is done, and the numbers that the model recorded."""
        values = to_floats(losses | self._training.gan.records)
        self.history.log(self.progress.step, values, self.progress.seconds)
        minimised = {name: values[name] for name in losses}
        self.warn(self.monitor.after_step(self.progress.step, minimised, self._generator_gradient()))

    def warn(self, warnings: Sequence[str]) -> None:
        """Add warnings for the user, and log them in the history."""
        for warning in warnings:
            self.warnings.append(f"step {self.progress.step}: {warning}")
            self.history.log_event(self.progress.step, "warning", warning)

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
