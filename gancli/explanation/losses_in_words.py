"""What the logged losses of a run say, in sentences for somebody who trains a first GAN."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from gancli.explanation.verdicts import verdict
from gancli.losses import AdversarialLoss
from gancli.monitoring.loss_checks import is_discriminator
from gancli.monitoring.loss_curves import EXPLODED, level
from gancli.monitoring.saturation import discriminator_range

HUGE = 1e6  # size of a loss that no training recovers from, even if it was there at the first logged step
LAST = 5  # logged steps that count as the end of a run, or a tenth of them if that is more
Rows = Sequence[Mapping[str, Any]]


def paragraphs(loss: AdversarialLoss, history: Rows) -> list[str]:
    """What the losses of a run say, a text for each point; empty if none was logged.

    Args:
        loss: the game's.
        history: lines of a run's history.
    """
    logged = [row for row in map(_losses, history) if len(row) > 1]
    if not logged:
        return []
    last = logged[-max(LAST, len(logged) // 10) :]
    names = list(dict.fromkeys(name for row in last for name in row if name != "step"))  # a lazy term is in few rows
    if exploded := _exploded(logged, last, names):
        return [exploded]
    steps = f"Over the last {len(last)} logged steps, {last[0]['step']:,} to {last[-1]['step']:,}: "
    found = [_discriminator(loss, name, last, logged) for name in names if is_discriminator(name)]
    found += [_generator(loss, name, last) for name in names if _is_generator(name)]
    found += _other_terms(last, names)
    return [steps + found[0], *found[1:], _balance(loss, logged, last)]


def _losses(row: Mapping[str, Any]) -> dict[str, float]:
    """The step and the losses of a line; no losses if it is a warning or an evaluation."""
    return {name: value for name, value in row.items() if name != "seconds" and isinstance(value, int | float)}


def _is_generator(name: str) -> bool:
    return name.partition(".")[0] == "generator"


def _exploded(logged: Rows, last: Rows, names: Sequence[str]) -> str:
    """The sentence for a run whose losses grew without bound; empty for any other."""
    for name in names:
        first, now = (level(_values(rows, name) or [0.0]) for rows in (logged[: len(last)], last))
        if now > EXPLODED * first or now > HUGE:
            return (
                f"The training diverged: the loss '{name}' had a size of about {first:.3g} at first, and of {now:.3g} "
                "at the end. Such losses mean nothing any more, and the networks are lost. The learning rate is too "
                "high, or the discriminator lacks a penalty."
            )
    return ""


def _discriminator(loss: AdversarialLoss, name: str, last: Rows, logged: Rows) -> str:
    values = _values(last, name)
    shown = f"D's loss '{name}' was {_spread(values)}"
    bounds = discriminator_range(loss)
    if bounds is None:
        first, now = -statistics.median(_values(logged[: len(last)], name)), -statistics.median(values)
        return (
            f"{shown}. This loss has no lower bound: minus it is how far D's scores of real samples lie above those of "
            f"fakes. That lead was {first:.3g} at first and is {now:.3g} now{_lead(first, now)}."
        )
    least, undecided = bounds
    share = (statistics.median(values) - least) / (undecided - least)
    return (
        f"{shown}. A discriminator that cannot tell at all, with logits of 0, has {undecided:.3g}, one that is always "
        f"right {_near_zero(least, undecided):.3g}; this one is at {max(0.0, share):.0%} of the way between: "
        f"{verdict(share)}."
    )


def _near_zero(least: float, undecided: float) -> float:
    """The least loss; 0 for the rest of an exponential, or of a search on a grid."""
    return 0.0 if abs(least) < 1e-4 * abs(undecided) else least


def _lead(first: float, now: float) -> str:
    if now <= 0:
        return ": D scores fakes no lower than real samples, so it gives G no direction"
    if now < 0.7 * first:
        return ": it shrinks, as it does while G comes nearer to the data"
    return ": it grows, so G falls behind" if now > 1.4 * first > 0 else ""


def _generator(loss: AdversarialLoss, name: str, last: Rows) -> str:
    values = _values(last, name)
    shown = f"G's loss '{name}' was {_spread(values)}"
    if discriminator_range(loss) is None:
        return f"{shown}. Its level means nothing here, since D's scores may drift up and down together."
    zeros = torch.zeros(2)
    undecided = float(loss.generator(zeros, zeros))
    middle = statistics.median(values)
    sides = "higher: D recognises its fakes" if middle > undecided else "lower: D takes its fakes for real"
    near = abs(middle - undecided) < 0.05 * max(1.0, abs(undecided))
    return f"{shown}. With an undecided D it is {undecided:.3g}; this is {'about the same' if near else sides}."


def _other_terms(last: Rows, names: Sequence[str]) -> Iterator[str]:
    """One sentence about the further terms: penalties, regularisers, a model's own."""
    others = [name for name in names if not is_discriminator(name) and not _is_generator(name)]
    sizes = {name: statistics.median(_values(last, name)) for name in others}
    if sizes:
        listed = ", ".join(f"{name} {size:.3g}" for name, size in sizes.items())
        yield f"The further terms of the objectives, already weighted, were in the median: {listed}."


def _balance(loss: AdversarialLoss, logged: Rows, last: Rows) -> str:
    """How the two players' balance has changed, and what no loss can say."""
    advice = "Neither loss says how good the samples are, for each depends on the other player: gan evaluate does."
    bounds, early = discriminator_range(loss), _values(logged[len(last) : 2 * len(last)], "discriminator")
    if bounds is None or len(logged) < 3 * len(last) or not early:
        return advice
    first, now = (statistics.median(values) - bounds[0] for values in (early, _values(last, "discriminator")))
    if now < 0.8 * first:
        return f"Since the beginning, D has pulled ahead of G. {advice}"
    trend = "G has caught up with D" if now > 1.25 * first else "neither has pulled ahead"
    return f"Since the beginning, {trend}. {advice}"


def _values(rows: Rows, name: str) -> list[float]:
    return [float(row[name]) for row in rows if name in row]


def _spread(values: Sequence[float]) -> str:
    """``0.92 in the median, between 0.71 and 1.1``."""
    return f"{statistics.median(values):.3g} in the median, between {min(values):.3g} and {max(values):.3g}"
