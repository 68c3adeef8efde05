"""How long a step of a training takes here, lazy penalties and regularisers included as often as they are due."""

import math
from collections import Counter
from statistics import median

from gancli.models import GAN

MOST_STEPS = 10_000  # that are looked at to see how often each kind of step comes
RARE = 1 / 64  # share of the steps below which a kind of step need not be measured

Kind = tuple[str, ...]  # the lazy terms that are due


def due(gan: GAN, step: int) -> Kind:
    """The penalties and regularisers that are due in the step after ``step`` finished ones."""
    penalties, regularisers = gan.penalties.due(step), gan.regularisers.due(step)
    return (*(name for name, _ in penalties), *(name for name, _ in regularisers))


class StepTimes:
    """The times of some steps, sorted by the penalties and regularisers that were due in them."""

    def __init__(self, gan: GAN) -> None:
        self._gan = gan
        self._seconds: dict[Kind, list[float]] = {}
        waits = [term.every for term in gan.penalties.values()] + [term.every for term in gan.regularisers.values()]
        counted = min(math.lcm(*waits), MOST_STEPS)
        kinds = [due(gan, step) for step in range(counted)]
        self._shares = {kind: count / counted for kind, count in Counter(kinds).items()}
        self._first = {kind: kinds.index(kind) for kind in self._shares}

    @property
    def one_of_each(self) -> list[int]:
        """A step of each kind that is not rare, by the number of the steps before it."""
        return [self._first[kind] for kind, share in self._shares.items() if share >= RARE]

    def add(self, step: int, seconds: float) -> None:
        """Record the time of the step after ``step`` finished ones."""
        self._seconds.setdefault(due(self._gan, step), []).append(seconds)

    @property
    def total(self) -> float:
        """Seconds that were measured."""
        return sum(map(sum, self._seconds.values()))

    @property
    def least_measured(self) -> int:
        """How often the kind of step was measured that was measured least, of those that are not rare."""
        return min(len(self._seconds.get(due(self._gan, step), ())) for step in self.one_of_each)

    @property
    def mean(self) -> float:
        """Seconds of a step, over a whole period of its lazy terms; kinds not yet measured are left out."""
        known = {kind: self._shares.get(kind, RARE) for kind in self._seconds}
        return sum(share * median(self._seconds[kind]) for kind, share in known.items()) / sum(known.values())
