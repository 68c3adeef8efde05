"""The stops of a walk through the latent space, known before torch is imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gancli.errors import UsageError

Value = TypeVar("Value")
Seed = TypeVar("Seed")


@dataclass(frozen=True)
class Route(Generic[Seed]):
    """A way from stop to stop: a seed and a class each.

    Args:
        seeds: one a stop; or another noise, as ``noises`` reads it, or what stands for one, such as a latent.
        labels: the number of the class at each stop; None for a model without classes.
        steps: samples from one stop to the next, both included.
        is_loop: the way leads back to the first stop.
    """

    seeds: tuple[Seed, ...]
    labels: tuple[int | None, ...]
    steps: int
    is_loop: bool = False

    @property
    def columns(self) -> int:
        """Samples in a row of one picture, so that every row begins at a stop."""
        return self.steps if len(self.seeds) == 2 and not self.is_loop else self.steps - 1

    def __len__(self) -> int:
        """How many samples there are: a stop comes once, and so does the first one of a loop."""
        legs = len(self.seeds) - (not self.is_loop)
        return legs * (self.steps - 1) + (not self.is_loop)


def route(seeds: Sequence[Seed], labels: Sequence[int | None], steps: int, *, is_loop: bool = False) -> Route[Seed]:
    """The route through these seeds and classes; one seed, or one class, is that of all stops.

    Raises UsageError for numbers of them that do not fit, and for fewer than two stops.
    """
    stops = max(len(seeds), len(labels))
    given: tuple[tuple[str, Sequence[object], Sequence[object]], ...]
    given = (("seeds", seeds, labels), ("classes", labels, seeds))
    for name, found, other in given:
        if len(found) not in (1, stops):
            raise UsageError(f"{name}: found {len(found)}, expected 1, or {len(other)} as there are stops")
    if stops < 2:
        raise UsageError("seeds: found one stop, expected two or more, for example 1,2,3")
    if steps < 2:
        raise UsageError(f"steps: found {steps}, expected 2 or more")
    return Route(_all(seeds, stops), _all(labels, stops), steps, is_loop)


def _all(found: Sequence[Value], stops: int) -> tuple[Value, ...]:
    return tuple(found) if len(found) == stops else tuple(found) * stops
