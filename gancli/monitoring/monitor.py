"""Watching a training: what shows at a step or at a look, for how long, and what the user is told of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from gancli.data.base import Batch
from gancli.errors import CheckpointError
from gancli.losses import AdversarialLoss
from gancli.monitoring import curves, verdict
from gancli.monitoring.collapse import Reference, View, dead, narrow, repeated, uncovered
from gancli.monitoring.distance import Distance
from gancli.monitoring.memory import ALL, Evaluation, Finding, LoggedStep, Look, Memory, Symptom
from gancli.monitoring.progress import KEPT, Schedule, is_far, is_nearing, is_worse
from gancli.monitoring.saturation import discriminator_range, saturated, vanished
from gancli.monitoring.symptoms import SYMPTOMS

LOOKS = 256  # samples that a look is at
REFERENCE = 1024  # real examples that they are held against
MARKS = 50  # logged steps of a window that are kept, at most
FEWEST = 5  # logged steps that a share of them is worth anything of
BEGUN, OVER = 0.6, 0.3  # the share of a window that begins a symptom, and the one below which it is over


class Health:
    """Watches a training for the ways in which GANs fail, and warns of one when it has lasted.

    It warns again only after the symptom has gone away in between. What it says is a function of what it is shown, and
    of nothing else.

    Args:
        loss: the game's; None if it has none.
        reference: gives real examples, ``(x,)`` or ``(x, y)``, about ``REFERENCE`` of them; called at the first look.
        class_names: what classes are called, instead of their numbers.
        steps: the length of the training, which says how long its beginning is; None: it has none.
    """

    def __init__(
        self,
        loss: AdversarialLoss | None,
        reference: Callable[[], Batch],
        *,
        class_names: Sequence[str] = (),
        steps: int | None = None,
    ) -> None:
        self._range = None if loss is None else discriminator_range(loss)
        self._reference, self._class_names = reference, class_names
        self._schedule = Schedule(steps)
        self._memory = Memory()

    def after_step(self, step: int, losses: Mapping[str, float], generator_gradient: float) -> list[str]:
        """Warnings after a logged step, from its losses and the norm of the generator's gradient."""
        memory = self._memory
        memory.gradients = sorted([*memory.gradients, generator_gradient])[-3:]
        if not self._remember(LoggedStep(step, dict(losses), generator_gradient)):
            return []
        return self._update(step, self._of_players() | self._of_curves())

    def looks_at(self, step: int) -> bool:
        """Whether a look at this step is worth its time, beside those at the recipe's ``sample_every``."""
        return self._schedule.looks_at(step)

    def look(self, step: int, samples: Tensor, labels: Tensor | None) -> list[str]:
        """Warnings from samples of shape (n, *shape) of the same noise every time, and their labels if they have any.

        One collapse shows in several ways: at most one warning, the one that says the most.
        """
        progress = self._of_progress(step, samples)
        diversity = {name: Finding() for name in ("narrow", "repeated", "uncovered", "dead")}
        if step >= self._schedule.beginning and not is_nearing(self._memory.looks):
            diversity |= self._of_diversity(samples, labels)
        return self._update(step, diversity | progress)[:1]

    def evaluated(self, step: int, name: str, value: float) -> None:
        """Remember the best value of an evaluation's metric so far."""
        self._memory.best = Evaluation(step, name, value)

    @property
    def failures(self) -> list[str]:
        """What was warned of and is still there, in words; empty for a training that did not fail."""
        return verdict.failures(self._memory)

    def closing(self, step: int, seconds: float | None = None) -> str:
        """How the training went, in a sentence: whether it failed, and at which step it was best."""
        return verdict.closing(self._memory, step, self._schedule.steps or step, seconds)

    def _remember(self, logged: LoggedStep) -> bool:
        """Keep a logged step; whether there is a whole window of them to judge now."""
        memory, span = self._memory, self._schedule.window
        if memory.recent and logged.step - memory.recent[-1].step < span / MARKS:
            return False
        first = max(0, len(memory.recent) + 1 - FEWEST)
        memory.recent = [
            seen for index, seen in enumerate(memory.recent) if seen.step >= logged.step - span or index >= first
        ] + [logged]
        if len(memory.recent) == FEWEST and not memory.first_level:
            names = logged.losses
            memory.first_level = {
                name: curves.level([seen.losses.get(name, 0.0) for seen in memory.recent]) for name in names
            }
        return len(memory.recent) >= FEWEST and logged.step - memory.recent[0].step >= 0.9 * span

    def _of_players(self) -> dict[str, Finding]:
        recent, least = self._memory.recent, self._memory.gradients[0]
        values = [seen.losses.get("discriminator", math.inf) for seen in recent]
        won = [self._range is not None and saturated(value, *self._range) for value in values]
        gone = [vanished(seen.gradient, least) for seen in recent]
        return {"vanished": self._share("vanished", gone), "saturated": self._share("saturated", won)}

    def _share(self, name: str, flags: Sequence[bool]) -> Finding:
        shown = sum(flags) >= (OVER if self._memory.is_told(name) else BEGUN) * len(flags)
        return Finding([ALL] * shown, {"shown": sum(flags), "logged": len(flags)})

    def _of_curves(self) -> dict[str, Finding]:
        found = {"exploded": Finding(), "swings": Finding()}
        recent = self._memory.recent
        steps = recent[-1].step - recent[0].step
        for name, first in self._memory.first_level.items():
            values = [seen.losses[name] for seen in recent if name in seen.losses]
            if values and curves.level(values) > curves.GROWN * first:
                fields = {"loss": name, "steps": steps, "value": max(values, key=abs), "usual": first}
                found["exploded"] = Finding([ALL], fields)
        values = [seen.losses["discriminator"] for seen in recent if "discriminator" in seen.losses]
        if self._range is not None and values:
            least, undecided = self._range
            if curves.has_exploded(values, least, undecided):
                fields = {"loss": "discriminator", "steps": steps, "value": max(values), "usual": undecided}
                found["exploded"] = Finding([ALL], fields)
            elif curves.swings(values, least, undecided) and not self._memory.is_told("exploded"):
                found["swings"] = Finding([ALL], {"steps": steps, "low": min(values), "high": max(values)})
        return found

    def _of_progress(self, step: int, samples: Tensor) -> dict[str, Finding]:
        memory = self._memory
        if memory.looks and step - memory.looks[-1].step < self._schedule.interval:
            return {}
        distance = self._distance(samples.cpu())
        if distance is None:
            return {}
        seen = Look(step, distance)
        memory.looks = [*memory.looks, seen][-KEPT:]
        if memory.nearest is None or distance < memory.nearest.distance:
            memory.nearest = seen
        fields = {"distance": distance}
        before, nearest = memory.looks[-4:][0], memory.nearest
        return {
            "far": Finding(
                [ALL] * is_far(memory.looks, self._schedule.far(step)),
                fields | {"before": before.distance, "then": before.step},
            ),
            "worse": Finding(
                [ALL] * is_worse(memory.looks, nearest), fields | {"before": nearest.distance, "then": nearest.step}
            ),
        }

    def _of_diversity(self, samples: Tensor, labels: Tensor | None) -> dict[str, Finding]:
        real, x = self._real.view, self._real.see(samples)
        if not real.apart():  # data that is one point has no diversity
            return {}
        few = View(x[:LOOKS], None if labels is None else labels[:LOOKS])
        # What is nothing like the data is like none of its classes, and the user knows that already.
        can_miss = labels is None and real.labels is not None and not self._memory.is_told("far")
        return {
            "narrow": self._of_classes(narrow(few, real)),
            "repeated": Finding([ALL] * repeated(few, real)),
            "uncovered": Finding([ALL] * uncovered(x, real)),
            "dead": self._of_classes(dead(few, real) if can_miss else []),
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
    def _distance(self) -> Distance:
        return Distance(self._real, self._examples[0])

    def _update(self, step: int, found: Mapping[str, Finding]) -> list[str]:
        warnings = []
        for name, finding in found.items():
            symptom = self._memory.symptoms.setdefault(name, Symptom())
            if symptom.update(step, finding.subjects, SYMPTOMS[name].lasts, SYMPTOMS[name].gone):
                warnings.append(SYMPTOMS[name].text(finding.fields))
        return warnings

    def state(self) -> dict[str, Any]:
        """What ``restore`` takes, for a checkpoint: plain JSON values."""
        return asdict(self._memory)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a ``state``; raises CheckpointError if it is none."""
        self._memory = _read(state)


def mark(state: Mapping[str, Any]) -> str:
    """``failed: …`` for the ``state`` of a training that failed, else nothing; raises CheckpointError if it is none."""
    failed = verdict.failures(_read(state))
    return f"failed: {', '.join(failed)}" if failed else ""


def _read(state: Mapping[str, Any]) -> Memory:
    try:
        return TypeAdapter(Memory).validate_python(state)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise CheckpointError(f"the checkpoint's health is wrong: {where}: {error.errors()[0]['msg']}") from None
