"""What is due after a step of a training: a line of the log, samples drawn and checked, an evaluation, a checkpoint."""

from collections.abc import Mapping

from gancli.errors import DivergedError
from gancli.losses import Losses
from gancli.run.evaluations import Evaluations
from gancli.run.loggers import Loggers
from gancli.run.previews import Previews
from gancli.run.record import Record
from gancli.run.saving import Saver
from gancli.run.starting import Opened
from gancli.run.step_errors import with_context


class AfterStep:
    """Does after every step what the settings of the recipe's ``train`` say; all but the log can be asked for too.

    Attributes:
        has_diverged: whether a step was found that was not finite; from that one on, nothing has moved.
    """

    def __init__(
        self,
        opened: Opened,
        record: Record,
        previews: Previews,
        loggers: Loggers,
        saver: Saver,
        evaluations: Evaluations,
    ) -> None:
        self._opened, self._record, self._previews = opened, record, previews
        self._loggers, self._saver, self._evaluations = loggers, saver, evaluations
        self.has_diverged = False

    def __call__(self, losses: Losses) -> Mapping[str, float]:
        """Do what is due at the step that is done; returns the metrics of an evaluation, if there was one.

        Raises DivergedError.
        """
        settings, step = self._opened.recipe.train, self._record.progress.step
        last = step == settings.steps
        if step % settings.log_every == 0 or last:
            self.require_finite()
            self._record.log(losses)
        is_shown = step % settings.sample_every == 0 or last
        if is_shown or self._record.monitor.is_check_due(step):
            self.check_samples(is_shown=is_shown)
        metrics: Mapping[str, float] = {}
        if self._evaluations.validator and (step % settings.evaluate_every == 0 or last):
            self.require_finite()
            metrics = self._evaluations.evaluate()
        if step % settings.checkpoint_every == 0 or last or self._record.progress.ended:
            self.save()
        return metrics

    def check_samples(self, *, is_shown: bool) -> None:
        """Draw the fixed samples and let the monitor check them; those that are shown are a picture of the run too."""
        self.require_finite()
        step, n = self._record.progress.step, self._previews.number
        samples, labels = self._previews.samples(n), self._previews.labels(n)
        if is_shown:
            picture = self._opened.folder.samples(step)
            self._previews.write(picture, samples)
            self._loggers.samples(step, picture)
        self._record.warn(self._record.monitor.check_samples(step, samples, labels))

    def save(self, *, again: bool = False) -> None:
        """Write a checkpoint of this step unless there is one, and prune old ones; ``again`` writes it anew.

        Raises DivergedError, and keeps the old ones, if a number in it, or a step before it, is not finite.
        """
        self.require_finite()
        self._saver.save(again=again)

    def require_finite(self) -> None:
        """Raise DivergedError if one of the steps so far was not finite, which is not known before of a GPU's steps."""
        training = self._opened.training
        try:
            training.check.raise_first()
        except DivergedError as error:
            self.has_diverged = True
            opened, step = self._opened, self._record.progress.step
            raise with_context(error, step, opened.recipe, training.device, opened.folder) from error
