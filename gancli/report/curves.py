"""Logged losses as the curves of a chart; a long history is thinned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gancli.figures.curves import losses_of, over_steps, usual_size
from gancli.figures.equilibrium import at_equilibrium
from gancli.report.facts import RunFacts

MOST_POINTS = 400  # of a curve
ALIKE = 8  # losses whose usual sizes differ by no more than this factor share a chart


@dataclass(frozen=True)
class Curve:
    """One loss of a run; arrays are of shape (N,), and a value that is not a finite number is NaN."""

    name: str
    colour: int
    steps: np.ndarray
    values: np.ndarray
    equilibrium: float | None = None  # of the loss at the equilibrium of the game


def losses(run: RunFacts) -> list[Curve]:
    """Every loss that a run has logged."""
    names = losses_of(run.history)
    equilibrium = at_equilibrium(names, run.equilibrium)
    return [
        Curve(name, index, *over_steps(run.history, name), equilibrium.get(name)) for index, name in enumerate(names)
    ]


def together(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves that one axis can show: those of about the same size, in the order of their first one."""
    groups: list[list[Curve]] = []
    for curve in curves:
        size = usual_size([curve.values])
        for group in groups:
            other = usual_size([group[0].values])
            if other <= ALIKE * size and size <= ALIKE * other:
                group.append(curve)
                break
        else:
            groups.append([curve])
    return groups


def kept(values: np.ndarray) -> np.ndarray:
    """The places of the values that are drawn, in order: all, or the lowest and the highest of every stretch."""
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    found = {0, len(values) - 1}
    for part in np.array_split(np.arange(len(values)), MOST_POINTS // 2 - 1):
        known = part[np.isfinite(values[part])]
        found |= (
            {int(known[values[known].argmin()]), int(known[values[known].argmax()])} if len(known) else {int(part[0])}
        )
    return np.array(sorted(found))


def plain(values: np.ndarray) -> list[Any]:
    """Numbers as JSON has them; None for one that is not finite."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]
