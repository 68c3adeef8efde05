"""Which classes a generator makes, and whether it makes those that it is asked for, as a classifier sees them.

Modes and KL: Srivastava et al., 2017, https://arxiv.org/abs/1705.07761, section 4; agreement: GAN-test (Shmelkov et
al., 2018, https://arxiv.org/abs/1807.09499).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks


class ClassBalance(NamedTuple):
    """The classes of N fakes beside those of the real data.

    ``histogram`` counts fakes, of shape (C,). ``modes`` is how many of the real data's classes were hit. ``entropy``
    is in nats, ``entropy_share`` the same over the real data's: None where that has one class and no entropy. ``kl``
    is KL(fake || real) in nats: infinite where a fake is of a class that the real data has not.
    """

    histogram: Tensor
    modes: int
    entropy: float
    entropy_share: float | None
    kl: float


class Agreement(NamedTuple):
    """The share of samples classified as what was asked for; ``by_class`` has the classes that were asked for."""

    overall: float
    by_class: dict[int, float]


def class_balance(predicted: Tensor, real_shares: Tensor) -> ClassBalance:
    """The histogram of predicted classes, of shape (N,), and its distance from ``real_shares``, of shape (C,).

    Even real data of N examples is above a KL of 0: see ``kl_bias``. Right for N = 1 and for one class.

    Raises:
        ValueError: no predictions, no integers in [0, C), or shares that do not add up to 1.
    """
    real = checks.shares("real_shares", real_shares)
    histogram = checks.classes("predicted", predicted, len(real)).bincount(minlength=len(real))
    fake = histogram.double() / histogram.sum()
    entropy, entropy_of_real = torch.special.entr(fake).sum().item(), torch.special.entr(real).sum().item()
    return ClassBalance(
        histogram=histogram,
        modes=int(((histogram > 0) & (real > 0)).sum()),
        entropy=entropy,
        entropy_share=entropy / entropy_of_real if entropy_of_real > 0 else None,
        kl=kl_divergence(fake, real),
    )


def agreement(predicted: Tensor, asked: Tensor) -> Agreement:
    """How often the predicted class of a sample is the one that was asked for; both of shape (N,).

    Raises:
        ValueError: no samples, not as many predictions as classes asked for, or no integers.
    """
    predicted, asked = checks.classes("predicted", predicted), checks.classes("asked", asked)
    if len(predicted) != len(asked):
        raise ValueError(f"{len(predicted)} predictions for {len(asked)} classes asked for")
    hit = (predicted == asked).double()
    by_class = {int(it): hit[asked == it].mean().item() for it in asked.unique()}
    return Agreement(hit.mean().item(), by_class)


def kl_divergence(p: Tensor, q: Tensor) -> float:
    """Σ p log(p / q) in nats, of shares of shape (K,); infinite where q is 0 and p is not."""
    p, q = checks.shares("p", p), checks.shares("q", q)
    if len(p) != len(q):
        raise ValueError(f"shares of {len(p)} and of {len(q)} classes")
    # Rounding takes that of equal shares below 0.
    return max(0.0, (torch.xlogy(p, p) - torch.xlogy(p, q)).sum().item())


def kl_bias(n: int, k: int) -> float:
    """(k − 1) / 2n: what KL(p || q) is on average where p is the histogram of n draws from q, over k classes.

    The first term of the expansion in 1/n (Miller, 1955); it is close from n ≈ 5 k on.
    """
    if n < 1 or k < 1:
        raise ValueError(f"{n} draws over {k} classes; expected at least 1 each")
    return (k - 1) / (2 * n)


def even_shares(k: int) -> Tensor:
    """Those of a real distribution over ``k`` classes that are all as likely, of shape (k,)."""
    return torch.full((k,), 1 / k, dtype=torch.float64)
