"""Stacked MNIST: the 1000 modes of three digits in three channels (Srivastava et al., 2017, section 4.2).

https://arxiv.org/abs/1705.07761; the protocol is 26 000 samples, and a classifier of digits on each channel.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.classes import class_balance, even_shares, kl_bias

MODES = 1000


class StackedModes(NamedTuple):
    """How many of the 1000 modes were hit, KL(fake || uniform) in nats, and the KL of perfect samples, as many."""

    modes: int
    kl: float
    kl_of_oracle: float


def stacked_modes(predicted: Tensor) -> StackedModes:
    """The modes of samples whose channels were classified as the digits ``predicted``, of shape (N, 3).

    N samples hit N modes at most; 26 000 that are drawn evenly hit all. Right for N = 1: one mode, log 1000.

    Raises:
        ValueError: not (N, 3), none, or no digits.
    """
    if predicted.ndim != 2 or predicted.shape[1] != 3:
        raise ValueError(f"predicted: a tensor of shape {tuple(predicted.shape)}; expected a digit a channel, (N, 3)")
    digits = checks.classes("predicted", predicted.flatten(), 10).reshape(-1, 3)
    found = class_balance(digits @ torch.tensor([100, 10, 1]), even_shares(MODES))
    return StackedModes(found.modes, found.kl, kl_bias(len(digits), MODES))
