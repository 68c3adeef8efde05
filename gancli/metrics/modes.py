"""Modes of a mixture of Gaussians (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761, section 4.1).

The reverse KL is that of PacGAN (Lin et al., 2018, https://arxiv.org/abs/1712.04086, section 4.1).
"""

from typing import NamedTuple

from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.classes import class_balance, even_shares
from gancli.metrics.neighbours import nearest


class MixtureModes(NamedTuple):
    """Of N samples: ``captured`` modes, and the share of samples of ``high_quality``.

    ``counts``, of shape (M,), is how many samples of high quality each mode is the nearest of; ``reverse_kl`` is
    KL(fake || uniform) of them in nats, None where there are none.
    """

    captured: int
    high_quality: float
    reverse_kl: float | None
    counts: Tensor


def mixture_modes(samples: Tensor, modes: Tensor, sigma: float, *, within: float = 3.0) -> MixtureModes:
    """The modes, of shape (M, D), that samples, of shape (N, D), are near, all modes being as likely.

    A sample is of high quality within 3 ``sigma`` of the nearest mode (10 in the papers' 1200 dimensions); a mode is
    captured by one such sample. The papers draw 2500 samples. Right for N = 1 and for one mode.

    Raises:
        ValueError: no samples, no modes, different D, not finite, ``sigma`` ≤ 0 or ``within`` ≤ 0.
    """
    if not (sigma > 0 and within > 0):
        raise ValueError(f"within {within:g} × sigma = {sigma:g}; expected both above 0")
    samples, modes = checks.features("samples", samples), checks.features("modes", modes)
    checks.same_space(samples=samples, modes=modes)
    indices, distances = nearest(samples, modes)
    good = indices[distances < within * sigma]
    counts = good.bincount(minlength=len(modes))
    return MixtureModes(
        captured=int((counts > 0).sum()),
        high_quality=len(good) / len(samples),
        reverse_kl=class_balance(good, even_shares(len(modes))).kl if len(good) else None,
        counts=counts,
    )
