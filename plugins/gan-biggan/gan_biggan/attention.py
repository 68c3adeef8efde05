"""Self-attention between all places of a map (Zhang et al., 2019, https://arxiv.org/abs/1805.08318)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from gan_biggan.spectral import convolution


class SelfAttention(nn.Module):
    """x + γ · o(Σⱼ βᵢⱼ g(xⱼ)), where β = softmax(θ(xᵢ)ᵀ φ(xⱼ)) over the places j; γ is learned, and 0 at first.

    As in BigGAN, φ and g are max-pooled by 2, which takes a quarter of the memory.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner, values = max(1, channels // 8), max(1, channels // 2)
        self.theta = convolution(channels, inner, 1, bias=False)
        self.phi = convolution(channels, inner, 1, bias=False)
        self.g = convolution(channels, values, 1, bias=False)
        self.o = convolution(values, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        theta = self.theta(x).flatten(2)  # (N, C / 8, HW)
        phi = max_pool2d(self.phi(x), 2).flatten(2)  # (N, C / 8, HW / 4)
        g = max_pool2d(self.g(x), 2).flatten(2)  # (N, C / 2, HW / 4)
        # By hand: torch's fused attention has no second derivative, which penalties of the discriminator need.
        beta = (theta.transpose(1, 2) @ phi).softmax(2)  # (N, HW, HW / 4)
        attended = g @ beta.transpose(1, 2)  # (N, C / 2, HW)
        return x + self.gamma * self.o(attended.unflatten(2, x.shape[2:]))
