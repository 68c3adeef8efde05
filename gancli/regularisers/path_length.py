"""StyleGAN2's path length regularisation (Karras et al., 2020, https://arxiv.org/abs/1912.04958, equation 4)."""

import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gancli.regularisers.base import Regulariser


class PathLength(Regulariser):
    """A step of one length in w changes every image by as much, in every direction.

    J is the images' derivative by w. A generator with ``mapping(z, y)`` and ``synthesis(w)`` has a w, of shape (N, D),
    or (N, L, D) for L layers, whose squared lengths are averaged. For any other generator, z is w.

    Formula:
        γ E[(‖Jᵀy‖ − a)²], with random images y

    Effect:
        the way from noise to images becomes smooth and even, which makes interpolation and inversion easier.

    Equilibrium:
        0, where every ‖Jᵀy‖ is a, the running mean.

    Args:
        weight: γ.
        decay: how far a, the running mean of the lengths, moves towards the mean of the batch.
        batch_shrink: one in so many samples of the batch is used, which saves memory.
    """

    needs_noise = True
    mixes_batch = True  # by the mean of the lengths

    def __init__(
        self,
        *,
        weight: Annotated[float, Field(ge=0)] = 2.0,
        decay: Annotated[float, Field(gt=0, le=1)] = 0.01,
        batch_shrink: Annotated[int, Field(ge=1)] = 2,
    ) -> None:
        super().__init__()
        self.weight, self.decay, self.batch_shrink = weight, decay, batch_shrink
        self.mean = nn.Buffer(torch.zeros(()))  # a

    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        n = max(1, len(z) // self.batch_shrink)
        lengths = path_lengths(generator, z[:n], None if y is None else y[:n])
        mean = self.mean.lerp(lengths.mean(), self.decay)
        self.mean.copy_(mean.detach())
        return self.weight * (lengths - mean).square().mean()


def path_lengths(generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
    """‖Jᵀy‖ of every sample, of shape (N,), for one random image y a sample; differentiable once more."""
    w, images = draw(generator, z.detach().requires_grad_(True), y)
    # The length of y would grow with the number of pixels.
    direction = torch.randn_like(images) / math.sqrt(math.prod(images.shape[2:]))
    (gradient,) = torch.autograd.grad((images * direction).sum(), w, create_graph=True, materialize_grads=True)
    squares = gradient.float().unflatten(0, (len(z), -1)).square().sum(-1)  # (N, 1), or (N, 1, L)
    # The square root has an infinite slope at 0, which a zero gradient would turn into NaN.
    return (squares.flatten(1).mean(1) + 1e-12).sqrt()


def draw(generator: nn.Module, z: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
    """The latents, by which the images are differentiated, and the images, of shape (N, *shape)."""
    mapping, synthesis = getattr(generator, "mapping", None), getattr(generator, "synthesis", None)
    if callable(mapping) and callable(synthesis):
        w = mapping(z, y)
        return w, synthesis(w).float()
    return z, (generator(z) if y is None else generator(z, y)).float()
