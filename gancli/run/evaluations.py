"""The evaluations of a training: its metrics are logged, and the checkpoint of the best step is kept."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

import torch

from gancli.errors import DivergedError
from gancli.evaluation.validator import Validator
from gancli.progress import task
from gancli.run.record import Record
from gancli.run.saving import Saver
from gancli.storage.history import round_to_float32
from gancli.training.device import rng_state, set_rng_state


class Evaluations:
    """Evaluates the samples of a training as it is now, and remembers the newest metrics."""

    def __init__(self, validator: Validator, device: torch.device, record: Record, saver: Saver) -> None:
        self.validator = validator
        self.metrics: dict[str, float] = {}
        self._device, self._record, self._saver = device, record, saver
        self.is_due = False  # of the step that is done: a signal interrupted it
        self.interruptible: Callable[[], AbstractContextManager[object]] = nullcontext

    def evaluate(self, *, again: bool = False) -> Mapping[str, float]:
        """Log metrics of the samples, and keep a checkpoint of this step if they have never been better.

        Returns the metrics; none if they cannot be computed.

        A signal may interrupt it, since it changes nothing: then it is due, and is done when the run is resumed.

        Args:
            again: the step was saved before it could be evaluated. Its checkpoint is written again, before the history,
                since a kill in between must lose neither.
        """
        self.is_due = True
        try:
            self._measure()
            if again:
                self._saver.save(again=True)
            self._record.log_metrics(self.metrics)
        except DivergedError as error:
            self._record.not_evaluated(error)
            self.is_due = False
            return {}
        self.is_due = False
        return self.metrics

    def _measure(self) -> None:
        """Evaluate the samples.

        After a resume it happens again, with the same numbers, so a best step after the resumed one does no harm.
        """
        progress, metric = self._record.progress, self.validator.selection_metric
        random_state = rng_state(self._device)
        try:
            with self.interruptible(), task(f"evaluating step {progress.step}"):
                self.metrics = round_to_float32(self.validator.evaluate())
        except KeyboardInterrupt:  # at any point, even while the validator restored this state itself
            set_rng_state(random_state, self._device)
            raise
        except DivergedError:
            self._record.evaluated(metric, None, is_better=False)
            raise
        value = self.metrics.get(metric)
        is_better = value is not None and self.validator.is_better(value, progress.best)
        self._record.evaluated(metric, value, is_better=is_better)
        if is_better:
            self._saver.save_best()
