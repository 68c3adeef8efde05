"""Minibatch standard deviation (Karras et al., 2018, section 3, https://arxiv.org/abs/1710.10196)."""

import math

import torch
from torch import Tensor, nn


class MinibatchDeviation(nn.Module):
    """One more channel: how much the samples of a group differ, which shows a discriminator a collapse.

    The standard deviation over the group of every feature, averaged to one number a group.

    Args:
        group: samples; the largest divisor of the minibatch's size that also divides this number is taken.
    """

    mixes_batch = True

    def __init__(self, group: int = 4) -> None:
        super().__init__()
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        group = math.gcd(len(x), self.group)
        groups = x.float().unflatten(0, (group, -1))  # (group, N / group, C, H, W)
        variance = (groups - groups.mean(0)).square().mean(0)
        deviation = (variance + 1e-8).sqrt().mean((1, 2, 3))  # (N / group,)
        channel = deviation.repeat(group)[:, None, None, None].expand(len(x), 1, *x.shape[2:])
        return torch.cat([x, channel.to(x.dtype)], 1)  # (N, C + 1, H, W)
