"""The health of a training: the ways in which GANs are known to fail, noticed early and said in plain words."""

import copy
import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancli.data.base import Batch
from gancli.errors import CheckpointError
from gancli.losses import AdversarialLoss

LOOKS = 256  # samples that a look is at
REFERENCE = 1024  # real examples that they are held against
SIDE, COMPONENTS = 32, 32  # images are compared this small, and everything in this many principal components
FEW = 8  # samples of a class that say how far apart they are
ALL = "all"  # what shows a symptom that is not of single classes

SYMPTOMS = {  # how many steps it must last, for what is seen at looks the next one, and what is said then
    "saturated": (
        500,
        "discriminator saturated: for 500 steps it has told every sample from data, so the generator learns nothing "
        "from it; try penalties: [r1], a lower optimizer.discriminator.lr, or loss.label_smoothing",
    ),
    "vanished": (
        200,
        "the generator's gradient is gone: for 200 steps it has been less than 1/10,000 of what it was, so the "
        "generator stands still; try loss: non-saturating, penalties: [r1], or a lower optimizer.discriminator.lr",
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
    def _real(self) -> "Reference":
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


def discriminator_range(loss: AdversarialLoss) -> tuple[float, float] | None:
    """The discriminator's least loss and its loss when undecided, over logits that are the same for all samples.

    None if the least has no bound, as Wasserstein's.
    """
    loss = copy.deepcopy(loss)  # what a loss counts or draws is training's alone

    def at(real_logit: float, fake_logit: float) -> float:
        return float(loss.discriminator(torch.full((2,), real_logit), torch.full((2,), fake_logit)))

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        undecided, near, far = at(0.0, 0.0), _least(at, 20.0), _least(at, 40.0)
    bounded = near - far <= 0.01 * (undecided - near)
    return (min(near, far), undecided) if near < undecided and bounded else None


def _least(function: Callable[[float, float], float], reach: float) -> float:
    """The least value in a square around 0, on a grid that is laid ever finer around the best point."""
    best, width, marks = (math.inf, 0.0, 0.0), reach, [mark / 4 for mark in range(-4, 5)]
    while width > 0.01:
        axes = [{max(-reach, min(reach, centre + width * mark)) for mark in marks} for centre in best[1:]]
        best = min(best, *((function(x, y), x, y) for x, y in itertools.product(*axes)))
        width /= 3
    return best[0]


def saturated(value: float, least: float, undecided: float) -> bool:
    """(L_D − least) / (undecided − least) < 1 %."""
    return value - least < 0.01 * (undecided - least)


def vanished(norm: float, largest: float) -> bool:
    """‖∇G‖ < 10⁻⁴ largest, or < 10⁻⁶, where Adam's ε outweighs it; ``largest`` is the third largest, and no spike."""
    return norm < max(1e-4 * largest, 1e-6)


class View:
    """Points of shape (n, d), and their labels of shape (n,) if they have any."""

    def __init__(self, x: Tensor, labels: Tensor | None = None) -> None:
        self.x, self.labels = x, labels

    @cached_property
    def distances(self) -> Tensor:
        """From every point to every point, of shape (n, n)."""
        return distances(self.x, self.x)

    @cached_property
    def nearest(self) -> Tensor:
        """From every point to the nearest other one, of shape (n,)."""
        return self.distances.clone().fill_diagonal_(math.inf).amin(1)

    def apart(self, chosen: Tensor | slice = slice(None)) -> float:
        """The mean distance between two of the chosen points."""
        among = self.distances[chosen][:, chosen]
        return float(among.sum()) / max(1, len(among) * (len(among) - 1))


class Reference:
    """Real examples, and the axes along which they differ most; noise off these axes is not taken for diversity."""

    def __init__(self, batch: Batch) -> None:
        x = _flat(batch[0].cpu())
        self.mean = x.mean(0)
        self.axes = torch.linalg.svd(x - self.mean, full_matrices=False).Vh[:COMPONENTS].T  # (D, d)
        self.view = View(self.see(batch[0].cpu()), batch[1].cpu() if len(batch) > 1 else None)

    def see(self, x: Tensor) -> Tensor:
        """Examples of shape (n, *shape) in coordinates along the axes, of shape (n, d)."""
        return (_flat(x) - self.mean) @ self.axes


def _flat(x: Tensor) -> Tensor:
    if x.ndim == 4:
        x = adaptive_avg_pool2d(x.float(), (min(SIDE, x.shape[2]), min(SIDE, x.shape[3])))
    return x.float().flatten(1)


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean, of shape (len(a), len(b)); exact, for the differences of squares lose those of near points."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")


def narrow(samples: View, real: View) -> list[str]:
    """E‖G(z) − G(z′)‖ < 0.15 E‖x − x′‖, within every class that has enough of both, else among all."""
    if samples.labels is None or real.labels is None:
        return [ALL] * (samples.apart() < 0.15 * real.apart())
    drawn, known = torch.bincount(samples.labels), torch.bincount(real.labels)
    judged = [it for it in range(min(len(drawn), len(known))) if min(drawn[it], known[it]) >= FEW]
    if not judged:
        return [ALL] * (samples.apart() < 0.15 * real.apart())
    return [str(it) for it in judged if samples.apart(samples.labels == it) < 0.15 * real.apart(real.labels == it)]


def repeated(samples: View, real: View) -> bool:
    """P(min ‖G(z) − G(z′)‖ < r) > 0.4 + P(min ‖x − x′‖ < r), r = 0.05 median min ‖x − x′‖.

    Of four times as many real examples as samples, a perfect memory of the data repeats 22 %.
    """
    samples = View(samples.x[: len(real.x) // 4])
    radius = 0.05 * real.nearest.median()
    share, usual = ((it.nearest < radius).float().mean() for it in (samples, real))
    return len(samples.x) >= 32 and bool(share > 0.4 + usual)


def uncovered(samples: Tensor, real: View) -> bool:
    """P(min ‖x − G(z)‖ < 0.1 E‖x − x′‖) < 0.2, in up to three dimensions; in more, neighbours are far anyway."""
    if real.x.shape[1] > 3:
        return False
    covered = distances(real.x, samples).amin(1) < 0.1 * real.apart()
    return bool(covered.float().mean() < 0.2)


def dead(samples: View, real: View) -> list[str]:
    """P(y(G(z)) = c) < 0.1 P(y = c), y(G(z)) the class of the nearest x, where at least ten are expected."""
    assert real.labels is not None
    looks_like = real.labels[distances(samples.x, real.x).argmin(1)]
    known = torch.bincount(real.labels)
    found = torch.bincount(looks_like, minlength=len(known))
    expected = known * (len(samples.x) / len(real.x))
    return [str(int(it)) for it in ((expected >= 10) & (found < 0.1 * expected)).nonzero()]
