"""BatchNorm whose scale and shift depend on a condition."""

import torch
from torch import Tensor, nn

from gan_biggan.spectral import spectral


class ConditionalBatchNorm(nn.Module):
    """Class-conditional BatchNorm of BigGAN: (1 + W c) · (x − μ) / √(σ² + ε) + V c, for a condition c.

    The condition is the shared embedding of the class together with a chunk of the noise (Brock et al., 2019,
    https://arxiv.org/abs/1809.11096, appendix B); μ and σ² are those of the batch, over all classes.
    """

    def __init__(self, channels: int, condition_dim: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = spectral(nn.Linear(condition_dim, channels, bias=False))
        self.shift = spectral(nn.Linear(condition_dim, channels, bias=False))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        gain, shift = (layer(condition)[:, :, None, None] for layer in (self.gain, self.shift))  # (N, C, 1, 1)
        return torch.addcmul(shift, self.norm(x), 1 + gain)  # one pass over the maps and not two
