"""The evaluations of a training: its metrics are logged, and the checkpoint of the best step is kept."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from gancli.errors import DivergedError
from gancli.progress import task
from gancli.run.record import Record
from gancli.run.saving import Saver
from gancli.run.starting import Opened
from gancli.storage.history import round_to_float32
from gancli.training.device import rng_state, set_rng_state


class Evaluations:
    """Evaluates the samples of a training as it is now, and remembers the newest metrics.

    Attributes:
        validator: evaluates; None for a training that is not evaluated.
        metrics: the newest ones; empty before the first evaluation.
        is_due: whether a signal interrupted the evaluation of the step that is done.
        interruptible: a context in which a signal may interrupt an evaluation.
    """

    def __init__(self, opened: Opened, record: Record, saver: Saver) -> None:
        self.validator = opened.validator
        self.metrics: dict[str, float] = {}
        self.is_due = False
        self.interruptible: Callable[[], AbstractContextManager[object]] = nullcontext
        self._device, self._record, self._saver = opened.training.device, record, saver

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
        validator, progress = self.validator, self._record.progress
        assert validator is not None
        metric = validator.selection_metric
        random_state = rng_state(self._device)
        try:
            with self.interruptible(), task(f"evaluating step {progress.step}"):
                self.metrics = round_to_float32(validator.evaluate())
        except KeyboardInterrupt:  # at any point, even while the validator restored this state itself
            set_rng_state(random_state, self._device)
            raise
        except DivergedError:
            self._record.evaluated(metric, None, is_better=False)
            raise
        value = self.metrics.get(metric)
        is_better = value is not None and validator.is_better(value, progress.best)
        self._record.evaluated(metric, value, is_better=is_better)
        if is_better:
            self._saver.save_best()
