"""Noise for details that the style does not say, such as the place of a freckle (Karras et al., 2019)."""

import torch
from torch import Tensor, nn


class Noise(nn.Module):
    """Adds a picture of normal noise to all channels, scaled by one learned number.

    In training it is new for every sample. In evaluation mode it is a saved one, so that an image depends
    on its z alone.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.empty(()))
        nn.init.zeros_(self.strength)
        self.saved = nn.Buffer(torch.empty(1, 1, *size))
        nn.init.normal_(self.saved)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.randn(len(x), 1, *x.shape[2:], device=x.device) if self.training else self.saved
        return x + (noise * self.strength).to(x.dtype)
