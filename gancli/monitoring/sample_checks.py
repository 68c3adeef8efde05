"""Checks of samples: how far they are from the data, and whether they are as diverse."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from torch import Tensor

from gancli.data.base import Batch
from gancli.monitoring.diversity import low_diversity, missing_classes, repeated, uncovered
from gancli.monitoring.energy_distance import EnergyDistance
from gancli.monitoring.reference import NUM_SAMPLES, Points, Reference
from gancli.monitoring.schedule import CheckSchedule
from gancli.monitoring.state import ALL, Finding, MonitorState, SampleCheck
from gancli.monitoring.trend import KEPT, is_far, is_nearing, is_worse

OF_DIVERSITY = ("low_diversity", "repeated", "uncovered", "missing_classes")


class SampleChecks:
    """Distance to the data, and diversity.

    Args:
        reference: gives real examples; called at the first check.
        class_names: what classes are called, instead of their numbers.
        schedule: says from which step on diversity is expected, and from which distance samples are far.
    """

    def __init__(self, reference: Callable[[], Batch], class_names: Sequence[str], schedule: CheckSchedule) -> None:
        self._reference, self._class_names, self._schedule = reference, class_names, schedule

    def check(self, state: MonitorState, step: int, samples: Tensor, labels: Tensor | None) -> Mapping[str, Finding]:
        """Findings from samples of shape (n, *shape), those that say the most first."""
        progress = self._progress(state, step, samples)
        diversity = {name: Finding() for name in OF_DIVERSITY}
        if step >= self._schedule.beginning and not is_nearing(state.checks):
            diversity |= self._diversity(state, samples, labels)
        return diversity | progress

    def _progress(self, state: MonitorState, step: int, samples: Tensor) -> dict[str, Finding]:
        if state.checks and step - state.checks[-1].step < self._schedule.interval:
            return {}
        distance = self._distance(samples.cpu())
        if distance is None:
            return {}
        nearest = _remember(state, SampleCheck(step, distance))
        is_far_now = is_far(state.checks, self._schedule.far(step))
        return {
            "far": Finding([ALL] * is_far_now, _compared(distance, state.checks[-4:][0])),
            "worse": Finding([ALL] * is_worse(state.checks, nearest), _compared(distance, nearest)),
        }

    def _diversity(self, state: MonitorState, samples: Tensor, labels: Tensor | None) -> dict[str, Finding]:
        real, x = self._real.points, self._real.project(samples)
        if not real.mean_distance():  # data that is one point has no diversity
            return {}
        most = NUM_SAMPLES.examples(samples.shape[1:])
        few = Points(x[:most], None if labels is None else labels[:most])
        # Samples that are nothing like the data lack every class; one warning is enough.
        can_miss = labels is None and real.labels is not None and not state.is_reported("far")
        return {
            "low_diversity": self._of_classes(low_diversity(few, real)),
            "repeated": Finding([ALL] * repeated(few, real)),
            "uncovered": Finding([ALL] * uncovered(x, real)),
            "missing_classes": self._of_classes(missing_classes(few, real) if can_miss else []),
        }

    def _of_classes(self, classes: list[str]) -> Finding:
        names = [self._class_names[int(label)] if self._class_names and label != ALL else label for label in classes]
        words = "" if classes == [ALL] else f" of class{'es' * (len(names) > 1)} {', '.join(names)}"
        return Finding(classes, {"of_classes": words})

    @cached_property
    def _examples(self) -> Batch:
        return self._reference()

    @cached_property
    def _real(self) -> Reference:
        return Reference(self._examples)

    @cached_property
    def _distance(self) -> EnergyDistance:
        return EnergyDistance(self._real, self._examples[0])


def _remember(state: MonitorState, check: SampleCheck) -> SampleCheck:
    """Keep a check; returns the nearest one so far."""
    state.checks = [*state.checks, check][-KEPT:]
    if state.nearest is None or check.distance < state.nearest.distance:
        state.nearest = check
    return state.nearest


def _compared(distance: float, before: SampleCheck) -> dict[str, object]:
    return {"distance": distance, "before": before.distance, "then": before.step}
