"""The losses of two players at the equilibrium, where the generator draws the data.

There the best discriminator gives every sample the same logit, whatever the networks: its loss is the smallest that one
logit for all of them can have. For our own losses it is known in closed form, without torch; for a plugin's it is
searched for.
"""

from collections.abc import Callable, Iterable, Mapping
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from gancli import registry
from gancli.errors import GanError
from gancli.recipe import strict_yaml
from gancli.storage.run_folder import RunFolder

if TYPE_CHECKING:
    from gancli.losses import AdversarialLoss

LossValues = Mapping[str, float]  # by the name in the history; a player whose loss is free there is missing

REACH = 8.0  # of the logits that are tried
TRIED = 1601
EQUAL_WITHIN = 1e-6


def _cross_entropy(label_smoothing: float) -> tuple[float, float]:
    """The best D for targets 1 − s and 0 in equal numbers, which is (1 − s) / 2, and its loss."""
    best = (1 - label_smoothing) / 2
    return best, -2 * (best * log(best) + (1 - best) * log(1 - best))


def minimax(label_smoothing: float = 0.0) -> LossValues:
    """2 log 2, and −log 2, without smoothing."""
    best, loss = _cross_entropy(label_smoothing)
    return {"discriminator": loss, "generator": log(1 - best)}


def non_saturating(label_smoothing: float = 0.0) -> LossValues:
    """2 log 2, and log 2, without smoothing."""
    best, loss = _cross_entropy(label_smoothing)
    return {"discriminator": loss, "generator": -log(best)}


def least_squares(label_smoothing: float = 0.0) -> LossValues:
    """¼ and ⅛ without smoothing: D(x) = ½."""
    best = (1 - label_smoothing) / 2
    return {"discriminator": best**2, "generator": 0.5 * (best - 1) ** 2}


KNOWN: Mapping[str, Callable[..., LossValues]] = {
    "minimax": minimax,
    "non-saturating": non_saturating,
    "least-squares": least_squares,
    "hinge": lambda: {"discriminator": 2.0},  # for any logit from −1 to 1
    "wasserstein": lambda: {"discriminator": 0.0},  # for any logit
}


def at_equilibrium(names: Iterable[str], equilibrium: LossValues) -> LossValues:
    """The values at the equilibrium of logged losses by name; ``discriminator.A`` has that of ``discriminator``."""
    known = {name: equilibrium.get(name, equilibrium.get(name.partition(".")[0])) for name in names}
    return {name: value for name, value in known.items() if value is not None}


def of_run(run: Path, *, search: bool = True) -> LossValues:
    """The losses at the equilibrium of a run's game, by its recipe; empty if they are not known.

    Args:
        search: whether that of a plugin's loss is searched for, which imports torch and the plugin.
    """
    try:
        values = strict_yaml.read(RunFolder(run).recipe.read_bytes(), str(run)).values
        options = dict(values["loss"])
        name = options.pop("name")
        if registry.find("loss", str(name)).is_ours:
            return KNOWN[name](**options)
        return searched(registry.load("loss", name)(**options)) if search else {}
    except (OSError, GanError, LookupError, TypeError, ValueError):  # no recipe, or of another version
        return {}


def searched(loss: "AdversarialLoss") -> LossValues:
    """The losses where all logits are one number, and that the best one for the discriminator.

    A player whose loss depends on which of several best ones it is, or that has none within reach, is left out.
    """
    import torch

    logits = torch.linspace(-REACH, REACH, TRIED, dtype=torch.float64)
    pairs = [(logit.expand(2), logit.expand(2)) for logit in logits]
    with torch.no_grad():
        discriminator = torch.stack([loss.discriminator(real, fake) for real, fake in pairs])
        generator = torch.stack([loss.generator(fake, real) for real, fake in pairs])
    best = discriminator <= discriminator.min() + EQUAL_WITHIN
    if not discriminator.isfinite().all() or not best[1:-1].any():
        return {}
    found = {"discriminator": float(discriminator.min())}
    if generator[best].max() - generator[best].min() < 0.01:
        found["generator"] = float(generator[best].median())
    return found
