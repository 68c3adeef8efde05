"""The classes that a generator makes, and whether it makes those that it is asked for, as a classifier sees them.

Modes and KL: Srivastava et al., 2017, https://arxiv.org/abs/1705.07761, section 4; agreement: GAN-test (Shmelkov et
al., 2018, https://arxiv.org/abs/1807.09499).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks


class ClassBalance(NamedTuple):
    """The classes of N fakes beside those of the real data.

    ``histogram`` counts fakes, of shape (C,). ``modes`` is how many of the real data's classes were hit. ``kl`` is
    KL(fake || real) in nats: infinite where a fake is of a class that the real data does not have.
    """

    histogram: Tensor
    modes: int
    kl: float


def class_balance(predicted: Tensor, real_shares: Tensor) -> ClassBalance:
    """The histogram of predicted classes, of shape (N,), and its distance from ``real_shares``, of shape (C,).

    Even real data of N examples is above a KL of 0, by about (C − 1) / 2N (Miller, 1955). Right for N = 1 and for one
    class.

    Raises:
        ValueError: no predictions, no integers in [0, C), or shares that do not add up to 1.
    """
    real = checks.shares("real_shares", real_shares)
    histogram = checks.classes("predicted", predicted, len(real)).bincount(minlength=len(real))
    fake = histogram.double() / histogram.sum()
    return ClassBalance(
        histogram=histogram,
        modes=int(((histogram > 0) & (real > 0)).sum()),
        kl=kl_divergence(fake, real),
    )


def agreement(predicted: Tensor, asked: Tensor) -> float:
    """The share of samples whose predicted class is the one that was asked for; both of shape (N,).

    Raises:
        ValueError: no samples, not as many predictions as classes asked for, or no integers.
    """
    predicted, asked = checks.classes("predicted", predicted), checks.classes("asked", asked)
    if len(predicted) != len(asked):
        raise ValueError(f"{len(predicted)} predictions for {len(asked)} classes asked for")
    return (predicted == asked).double().mean().item()


def kl_divergence(p: Tensor, q: Tensor) -> float:
    """Σ p log(p / q) in nats, of shares of shape (K,); infinite where q is 0 and p is not."""
    p, q = checks.shares("p", p), checks.shares("q", q)
    if len(p) != len(q):
        raise ValueError(f"shares of {len(p)} and of {len(q)} classes")
    # Rounding takes that of equal shares below 0.
    return max(0.0, (torch.xlogy(p, p) - torch.xlogy(p, q)).sum().item())


def even_shares(k: int) -> Tensor:
    """The shares of ``k`` classes that are all as likely, of shape (k,)."""
    return torch.full((k,), 1 / k, dtype=torch.float64)
