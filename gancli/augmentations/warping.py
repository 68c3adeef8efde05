"""Bilinear sampling that can be differentiated twice with respect to the images, as R1 on augmented images needs.

Older versions of torch differentiate ``grid_sample`` only once. It is linear in the images, so the derivative of its
backward pass is ``grid_sample`` itself.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn.functional import grid_sample

BILINEAR, REFLECTION = 0, 2  # torch's codes of the modes


def sample_bilinear(x: Tensor, grid: Tensor) -> Tensor:
    """Images of the same shape (N, C, H, W), from the places in ``x`` that ``grid`` gives; outside, ``x`` is mirrored.

    Args:
        grid: of shape (N, H, W, 2), from -1 to 1 between the outer edges of the pixels; it gets no gradient.
    """
    sampled: Tensor = _Sample.apply(x, grid)
    return sampled


class _Sample(Function):
    @staticmethod
    def forward(context: Any, x: Tensor, grid: Tensor) -> Tensor:
        context.save_for_backward(grid)
        return grid_sample(x, grid, padding_mode="reflection", align_corners=False)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (grid,) = context.saved_tensors
        return _SampleBackward.apply(gradients[0], grid), None


class _SampleBackward(Function):
    @staticmethod
    def forward(context: Any, gradient: Tensor, grid: Tensor) -> Tensor:
        context.save_for_backward(grid)
        # The second argument is the images; only their shape matters for their own gradient.
        backward = torch.ops.aten.grid_sampler_2d_backward
        return backward(gradient, gradient, grid, BILINEAR, REFLECTION, False, (True, False))[0]

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (grid,) = context.saved_tensors
        return sample_bilinear(gradients[0], grid), None
