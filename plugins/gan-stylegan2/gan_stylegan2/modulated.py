"""Weight modulation and demodulation (Karras et al., 2020, section 2.2, equations 1 and 3)."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from gan_stylegan2.equalised import EqualisedLinear


class ModulatedConv2d(nn.Module):
    """A convolution whose weights are scaled by a style, one scale an input channel.

    A sample's weights are never made. Scaling the inputs, convolving all samples by the same weights and scaling the
    outputs is the same in real numbers, and faster without a kernel of its own.

    Args:
        inputs: channels.
        outputs: channels.
        kernel: pixels of its side, odd.
        w_dim: numbers of a style.
        demodulated: the outputs of a sample have a variance of 1 again, for inputs that have it.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, w_dim: int, *, demodulated: bool = True) -> None:
        super().__init__()
        self.style = EqualisedLinear(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.normal_(self.weight)
        self.scale, self.padding, self.demodulated = 1 / math.sqrt(inputs * kernel**2), kernel // 2, demodulated

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style, weight = self.style(w), self.weight * self.scale  # (N, C_in), (C_out, C_in, K, K)
        x = conv2d(x * style[:, :, None, None], weight, padding=self.padding)
        return x * demodulation(style, weight)[:, :, None, None].to(x.dtype) if self.demodulated else x


def demodulation(style: Tensor, weight: Tensor) -> Tensor:
    """One over the length of every sample's modulated weights, an output channel, of shape (N, C_out).

    In full precision, also under autocast: an error here scales a whole channel.
    """
    with torch.autocast(style.device.type, enabled=False):
        squares = weight.float().square().sum((2, 3))  # (C_out, C_in)
        return torch.rsqrt(style.float().square() @ squares.T + 1e-8)
