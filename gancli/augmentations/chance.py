"""Changes that are made with a probability, each sample for itself."""

import torch
from torch import Tensor


def with_chance(p: Tensor, values: Tensor, neutral: float) -> Tensor:
    """``values`` of shape (N, …), each sample's with probability ``p``, else ``neutral``, which changes nothing."""
    chosen = torch.rand(len(values), *[1] * (values.ndim - 1), device=values.device) < p
    return torch.where(chosen, values, neutral)
