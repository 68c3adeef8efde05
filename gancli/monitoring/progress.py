"""Whether the samples come nearer to the data: when to look, and what the distances at the looks show."""

from collections.abc import Sequence
from dataclasses import dataclass

from gancli.monitoring.memory import Look

KEPT = 6  # looks that are remembered
FAR = 0.25  # of a distance: a generator that draws the data's mean has about 0.4, half of the classes about 0.03
NOTHING_LIKE = 0.5  # of a distance: worse than the data's mean, which a healthy generator draws first
YOUNG = 200  # steps, in which no generator has learned anything yet
NEARER = 0.8  # of the distance before: less than that is progress
WORSE = 3  # times the least distance


@dataclass(frozen=True)
class Schedule:
    """When to look at a training of so many steps; None: whenever asked, and from the first step on."""

    steps: int | None

    @property
    def interval(self) -> int:
        """Steps between two distances that are compared: a twentieth of the training, 25 at least."""
        return 1 if self.steps is None else max(25, self.steps // 20)

    @property
    def window(self) -> int:
        """Steps over which logged losses are judged: a sixth of the training, from 50 to 500."""
        return 500 if self.steps is None else max(50, min(500, self.steps // 6))

    @property
    def beginning(self) -> int:
        """Steps in which diversity is not judged: a tenth of the training; of a short one a fifth, 200 at least."""
        return 0 if self.steps is None else max(YOUNG, min(self.steps // 5, max(500, self.steps // 10)))

    def far(self, step: int) -> float:
        """The distance from which samples are far from the data: 0.5 at first, 0.25 from a third of the training on."""
        if self.steps is None:
            return FAR
        if step < YOUNG:
            return NOTHING_LIKE
        return max(FAR, 0.8 - 1.6 * step / self.steps)

    def looks_at(self, step: int) -> bool:
        """In the first third, one look an interval: a training that fails should not go on for long."""
        return self.steps is not None and step % self.interval == 0 and 3 * step <= self.steps


def is_far(looks: Sequence[Look], far: float = FAR) -> bool:
    """d > ``far`` at the last four looks, without progress from the first of them, or the first two, to the last."""
    few = [look.distance for look in looks[-4:]]
    return len(few) == 4 and min(few) > far and sum(few[2:]) > NEARER * sum(few[:2]) and not is_nearing(looks)


def is_worse(looks: Sequence[Look], nearest: Look) -> bool:
    """d > 0.25 now, and three times the least that there was."""
    return bool(looks) and looks[-1].distance > max(FAR, WORSE * nearest.distance)


def is_nearing(looks: Sequence[Look]) -> bool:
    """Whether the samples are still coming nearer: what is not there yet is not missing."""
    few = [look.distance for look in looks[-4:]]
    return len(few) > 1 and few[-1] < NEARER * few[0]
