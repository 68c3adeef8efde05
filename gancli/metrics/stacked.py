"""Modes of stacked images, such as the 1000 of three digits in three channels (Srivastava et al., 2017, section 4.2).

https://arxiv.org/abs/1705.07761; the protocol is 26 000 samples, and a classifier of digits on each channel.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.classes import class_balance, even_shares


class StackedModes(NamedTuple):
    """How many modes were hit, and KL(fake || uniform) in nats."""

    modes: int
    kl: float


def stacked_modes(predicted: Tensor, num_classes: int = 10) -> StackedModes:
    """The modes of samples whose C channels were classified as ``predicted``, of shape (N, C).

    Every combination of ``num_classes`` classes is a mode. N samples hit N modes at most; 26 000 that are drawn evenly
    hit all 1000 of three digits. Right for N = 1: one mode, log 1000.

    Raises:
        ValueError: not (N, C), none, or not in [0, ``num_classes``).
    """
    if predicted.ndim != 2 or not predicted.shape[1]:
        raise ValueError(f"predicted: a tensor of shape {tuple(predicted.shape)}; expected a class a channel, (N, C)")
    channels = predicted.shape[1]
    classes = checks.classes("predicted", predicted.flatten(), num_classes).reshape(-1, channels)
    weights = num_classes ** torch.arange(channels - 1, -1, -1)
    balance = class_balance(classes @ weights, even_shares(num_classes**channels))
    return StackedModes(balance.modes, balance.kl)
