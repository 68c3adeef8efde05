"""Pixelwise feature vector normalisation (Karras et al., 2018, section 4.2, https://arxiv.org/abs/1710.10196)."""

import torch
from torch import Tensor


def normalised(x: Tensor) -> Tensor:
    """``x`` with a mean square of 1 over its channels, dimension 1."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)
