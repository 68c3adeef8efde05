"""A Gaussian on a line, as in figure 1 of the first GAN's paper (Goodfellow et al., 2014).

https://arxiv.org/abs/1406.2661
"""

from typing import Annotated

import torch
from pydantic import Field

from gancli.data.mixtures import GaussianMixture


class Gaussian(GaussianMixture):
    """Points of one coordinate from N(mean, sigma²); with a ``sigma`` of 0, one point, as in the Dirac-GAN."""

    def __init__(
        self,
        *,
        mean: Annotated[float, Field(ge=-1000, le=1000)] = 0.0,
        sigma: Annotated[float, Field(ge=0, le=1000)] = 1.0,
    ) -> None:
        super().__init__(torch.tensor([[mean]]), sigma)
