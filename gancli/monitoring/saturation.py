"""Whether a player has won so far that the other learns nothing: signs in the loss and in the gradient."""

import copy
import itertools
import math
from collections.abc import Callable

import torch

from gancli.losses import AdversarialLoss
from gancli.training.device import one_thread


def discriminator_range(loss: AdversarialLoss) -> tuple[float, float] | None:
    """The discriminator's least loss and its loss when undecided, over logits that are the same for all samples.

    None if the least has no bound, as Wasserstein's.
    """
    loss = copy.deepcopy(loss)  # the monitor must not change the state of the loss

    def at(real_logit: float, fake_logit: float) -> float:
        return float(loss.discriminator(torch.full((2,), real_logit), torch.full((2,), fake_logit)))

    with torch.random.fork_rng(devices=[]), torch.no_grad(), one_thread():
        # A loss without a bound is far lower in a corner; no fine grid is needed to see that.
        undecided, near, far = at(0.0, 0.0), _least(at, 20.0, width=0.01), _least(at, 40.0, width=40.0)
    bounded = near - far <= 0.01 * (undecided - near)
    return (min(near, far), undecided) if near < undecided and bounded else None


def _least(function: Callable[[float, float], float], reach: float, *, width: float) -> float:
    """The least value in a square around 0, on a grid that is laid ever finer, to ``width``, around the best point."""
    finest, width = width, reach
    best, marks = (math.inf, 0.0, 0.0), [mark / 4 for mark in range(-4, 5)]
    while width >= finest:
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
