"""When to check a training, and how strict: by its length."""

from dataclasses import dataclass

from gancli.monitoring.trend import FAR

NOTHING_LIKE = 0.5  # of a distance: worse than the data's mean, which a generator that trains well draws first
YOUNG = 200  # steps, in which no generator has learned anything yet


@dataclass(frozen=True)
class CheckSchedule:
    """When to check a training of so many steps; None: whenever asked, and from the first step on."""

    steps: int | None

    @property
    def interval(self) -> int:
        """Steps between two distances that are compared: a twentieth of the training, 25 at least."""
        return 1 if self.steps is None else max(25, self.steps // 20)

    @property
    def window(self) -> int:
        """Steps whose logged losses are checked together: a sixth of the training, from 50 to 500."""
        return 500 if self.steps is None else max(50, min(500, self.steps // 6))

    @property
    def beginning(self) -> int:
        """Steps before diversity is checked: a tenth of the training; of a short one a fifth, 200 at least."""
        return 0 if self.steps is None else max(YOUNG, min(self.steps // 5, max(500, self.steps // 10)))

    def far(self, step: int) -> float:
        """The distance from which samples are far from the data: 0.5 at first, 0.25 from a third of the training on."""
        if self.steps is None:
            return FAR
        if step < YOUNG:
            return NOTHING_LIKE
        return max(FAR, 0.8 - 1.6 * step / self.steps)

    def is_check_due(self, step: int) -> bool:
        """In the first third, one check an interval: a failing training should not run for long."""
        return self.steps is not None and step % self.interval == 0 and 3 * step <= self.steps
