"""Watching a training: what shows at a step or at a look, for how long, and what the user is told of it."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from gancli.data.base import Batch
from gancli.errors import CheckpointError
from gancli.health.diversity import ALL, Reference, View, dead, narrow, repeated, uncovered
from gancli.health.players import discriminator_range, saturated, vanished
from gancli.losses import AdversarialLoss

LOOKS = 256  # samples that a look is at
REFERENCE = 1024  # real examples that they are held against

SYMPTOMS = {  # how many steps it must last, for what is seen at looks the next one, and what is said then
    "saturated": (
        500,
        "discriminator saturated: for 500 steps it has told every sample from data, so the generator learns nothing "
        "from it; try penalties: [r1], a lower optimizer.discriminator.lr, or loss.label_smoothing",
    ),
    "vanished": (
        200,
        "the generator's gradient is gone: for 200 steps it has been next to nothing, so the generator stands still; "
        "try loss: non-saturating, penalties: [r1], or a lower optimizer.discriminator.lr",
    ),
    "narrow": (
        1,
        "diversity collapsed: the samples{of_classes} are hardly apart from one another, where real ones are; go back "
        "to an earlier checkpoint, or try penalties: [r1], a lower optimizer.lr, or a larger train.batch_size",
    ),
    "repeated": (
        1,
        "diversity collapsed: many samples are copies of one another; go back to an earlier checkpoint, or try "
        "penalties: [r1], a lower optimizer.lr, or a larger latent.dim",
    ),
    "uncovered": (
        1,
        "diversity collapsed: most of the data has no sample near it; try penalties: [r1], a lower optimizer.lr, or a "
        "larger train.batch_size",
    ),
    "dead": (
        1,
        "classes are missing: hardly a sample looks like one{of_classes}; try penalties: [r1], a lower optimizer.lr, "
        "or model: cgan, which is asked for every class",
    ),
}


@dataclass
class Symptom:
    """What shows a symptom, since which step, and of what the user was told."""

    since: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def update(self, step: int, shown: Collection[str], lasts: int) -> list[str]:
        """What has shown it for ``lasts`` steps on end; never twice unless it went away in between."""
        self.since = {it: self.since.get(it, step) for it in shown}
        due = [it for it in shown if step - self.since[it] >= lasts and it not in self.told]
        self.told = [it for it in self.told if it in shown] + due
        return due


@dataclass
class Memory:
    """All that health depends on beside what is seen next."""

    symptoms: dict[str, Symptom] = field(default_factory=dict)
    gradients: list[float] = field(default_factory=list)  # the three largest norms


class Health:
    """Watches a training for the ways in which GANs fail, and warns of one when it has lasted.

    It warns again only after the symptom has gone away in between. What it says is a function of what it is shown, and
    of nothing else.

    Args:
        loss: the game's; None if it has none.
        reference: gives real examples, ``(x,)`` or ``(x, y)``, about ``REFERENCE`` of them; called at the first look.
        class_names: what classes are called, instead of their numbers.
    """

    def __init__(
        self, loss: AdversarialLoss | None, reference: Callable[[], Batch], *, class_names: Sequence[str] = ()
    ) -> None:
        self._range = None if loss is None else discriminator_range(loss)
        self._reference, self._class_names = reference, class_names
        self._memory = Memory()

    def after_step(self, step: int, losses: Mapping[str, float], generator_gradient: float) -> list[str]:
        """Warnings after a logged step, from its losses and the norm of the generator's gradient."""
        memory, value = self._memory, losses.get("discriminator", math.inf)
        memory.gradients = sorted([*memory.gradients, generator_gradient])[-3:]
        shown = {
            "saturated": [ALL] * (self._range is not None and saturated(value, *self._range)),
            "vanished": [ALL] * vanished(generator_gradient, memory.gradients[0]),
        }
        return self._update(step, shown)

    def look(self, step: int, samples: Tensor, labels: Tensor | None) -> list[str]:
        """Warnings from samples of shape (n, *shape) of the same noise every time, and their labels if they have any.

        One collapse shows in several ways: at most one warning, the one that says the most.
        """
        real, x = self._real.view, self._real.see(samples)
        few = View(x[:LOOKS], None if labels is None else labels[:LOOKS])
        shown = {
            "narrow": narrow(few, real),
            "repeated": [ALL] * repeated(few, real),
            "uncovered": [ALL] * uncovered(x, real),
            "dead": dead(few, real) if labels is None and real.labels is not None else [],
        }
        return self._update(step, shown)[:1]

    @cached_property
    def _real(self) -> Reference:
        return Reference(self._reference())

    def _update(self, step: int, shown: Mapping[str, Collection[str]]) -> list[str]:
        warnings = []
        for name, subjects in shown.items():
            lasts, words = SYMPTOMS[name]
            if due := self._memory.symptoms.setdefault(name, Symptom()).update(step, subjects, lasts):
                warnings.append(words.format(of_classes="" if due == [ALL] else f" of {self._list(due)}"))
        return warnings

    def _list(self, classes: Sequence[str]) -> str:
        names = [self._class_names[int(it)] if self._class_names else it for it in classes]
        return f"class{'es' * (len(names) > 1)} {', '.join(names)}"

    def state(self) -> dict[str, Any]:
        """What ``restore`` takes, for a checkpoint: plain JSON values."""
        return asdict(self._memory)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a ``state``; raises CheckpointError if it is none."""
        try:
            self._memory = TypeAdapter(Memory).validate_python(state)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise CheckpointError(f"the checkpoint's health is wrong: {where}: {error.errors()[0]['msg']}") from None
