"""The monitor of a training: it checks losses and samples, and reports failures that last."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from gancli.data.base import Batch
from gancli.losses import AdversarialLoss
from gancli.monitoring import summary
from gancli.monitoring.loss_checks import LossChecks
from gancli.monitoring.sample_checks import SampleChecks
from gancli.monitoring.schedule import CheckSchedule
from gancli.monitoring.state import BestEvaluation, Finding, LoggedStep, MonitorState, WarningState, load_state
from gancli.monitoring.trend import FAR
from gancli.monitoring.warning_texts import text_of


class TrainingMonitor:
    """Monitors a training for the ways in which GANs fail, and warns of one when it has lasted.

    It warns again only after the failure was over in between. Its warnings are a function of its inputs alone.

    Args:
        loss: the game's; None if it has none.
        reference: gives real examples, ``(x,)`` or ``(x, y)``, as ``reference_examples`` does; called at the first
            check.
        class_names: what classes are called, instead of their numbers.
        steps: the length of the training, which says how long its beginning is; None: it has none.
        applies: whether an advice is of use to this training, which may follow it already.
    """

    def __init__(
        self,
        loss: AdversarialLoss | None,
        reference: Callable[[], Batch],
        *,
        class_names: Sequence[str] = (),
        steps: int | None = None,
        applies: Callable[[str], bool] = lambda advice: True,
    ) -> None:
        self._schedule = CheckSchedule(steps)
        self._losses = LossChecks(loss, self._schedule)
        self._samples = SampleChecks(reference, class_names, self._schedule)
        self._state = MonitorState()
        self._applies = applies

    def after_step(self, step: int, losses: Mapping[str, float], generator_gradient: float) -> list[str]:
        """Warnings after a logged step, from its losses and the norm of the generator's gradient."""
        logged = LoggedStep(step, dict(losses), generator_gradient)
        return self._update(step, self._losses.check(self._state, logged))

    def is_check_due(self, step: int) -> bool:
        """Whether samples should be checked at this step, beside the recipe's ``sample_every``."""
        return self._schedule.is_check_due(step)

    def check_samples(self, step: int, samples: Tensor, labels: Tensor | None) -> list[str]:
        """Warnings from samples of shape (n, *shape) of the same noise every time, and their labels if they have any.

        One collapse shows in several ways: at most one warning, the one that says the most.
        """
        return self._update(step, self._samples.check(self._state, step, samples, labels))[:1]

    def evaluated(self, step: int, name: str, value: float) -> None:
        """Remember the best value of the validator's metric so far."""
        self._state.best = BestEvaluation(step, name, value)

    def not_better(self, step: int) -> None:
        """Count an evaluation that was no better than the best, or could not be made; the same step counts once."""
        if (best := self._state.best) is not None and step > max(best.step, best.last):
            best.last, best.unimproved = step, best.unimproved + 1

    @property
    def best(self) -> BestEvaluation | None:
        """The best evaluation so far; None before the first."""
        return self._state.best

    def last_good_step(self, step: int) -> int:
        """The last step before ``step`` that is worth going back to; 0 if no samples were ever near the data."""
        nearest = self._state.nearest
        if nearest is None:
            return step - 1
        return min(step - 1, nearest.step) if nearest.distance <= FAR else 0

    @property
    def failures(self) -> list[str]:
        """The failures that were warned of and are not over, in words; empty for a training that did not fail."""
        return summary.failures(self._state)

    def closing(self, step: int, seconds: float | None = None) -> str:
        """How the training went, in a sentence: whether it failed, and at which step it was best."""
        return summary.closing(self._state, step, self._schedule.steps or step, seconds)

    def _update(self, step: int, found: Mapping[str, Finding]) -> list[str]:
        warnings = []
        for name, finding in found.items():
            text = text_of(name)
            state = self._state.warnings.setdefault(name, WarningState())
            if state.update(step, finding.subjects, text.lasts, text.gone):
                warnings.append(text.fill(finding.fields, self._applies))
        return warnings

    def state_dict(self) -> dict[str, Any]:
        """All that ``load_state_dict`` needs, as plain JSON values."""
        return self._state.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a ``state_dict``; raises CheckpointError for anything else."""
        self._state = load_state(state)


def best_evaluation(state: Mapping[str, Any]) -> BestEvaluation | None:
    """The best evaluation by the ``state_dict`` of a training; raises CheckpointError for anything else."""
    return load_state(state).best


def failure_note(state: Mapping[str, Any]) -> str:
    """``failed: …`` by the ``state_dict`` of a training that failed, else an empty text.

    Raises CheckpointError for anything else.
    """
    failed = summary.failures(load_state(state))
    return f"failed: {', '.join(failed)}" if failed else ""
