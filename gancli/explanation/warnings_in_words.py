"""What the warnings of a run mean: the failure behind each, for somebody who has not met it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEANINGS = {  # by the name of the warning
    "discriminator saturated": (
        "D separates real samples from fakes without a mistake. Its loss is flat there, so G gets no direction, and "
        "it can stay like this for ever: the first paper describes it in section 3 (https://arxiv.org/abs/1406.2661)."
    ),
    "the generator's gradient has vanished": (
        "G's weights hardly move any more, whatever it draws. With the minimax loss that follows from a D that is sure "
        "of every fake; the non-saturating loss was made against it."
    ),
    "the losses explode": (
        "The numbers grow without bound: every step is so long that it overshoots what it should correct. The samples "
        "of such networks are of no use."
    ),
    "the losses swing": (
        "D wins and loses in turns: the two players circle around the equilibrium and do not come nearer "
        "(https://arxiv.org/abs/1801.04406). A penalty such as r1 damps this."
    ),
    "diversity collapsed": (
        "This is mode collapse: G has found a few outputs that D accepts, and draws them for every noise. Its loss may "
        "look good meanwhile."
    ),
    "classes are missing": (
        "G draws only some kinds of the data, which is a part of mode collapse. D does not punish it, for what is "
        "drawn looks real."
    ),
    "the samples are nothing like the data": (
        "G draws noise, or the same grey as at the start: it has not learned yet, or has lost what it learned."
    ),
    "the samples got worse": (
        "G was nearer to the data before. A GAN has no loss that only falls, so its last step need not be its best; an "
        "earlier checkpoint may be better."
    ),
}


@dataclass(frozen=True)
class WarningOfRun:
    """A kind of warning that a run gave."""

    name: str
    steps: tuple[int, ...]  # at which it was given
    text: str  # of the last one, with its advice
    meaning: str  # empty for one that this version does not know


def warnings_of(history: Iterable[Mapping[str, Any]]) -> list[WarningOfRun]:
    """The warnings of a history, each kind once, in the order in which they came first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in history:
        if "warning" in row:
            text = str(row["warning"])
            found.setdefault(text.partition(":")[0], []).append((int(row["step"]), text))
    return [_warning(name, given) for name, given in found.items()]


def _warning(name: str, given: Sequence[tuple[int, str]]) -> WarningOfRun:
    return WarningOfRun(name, tuple(step for step, _ in given), given[-1][1], MEANINGS.get(name, ""))
