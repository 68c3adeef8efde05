"""Drawing from a trained generator, so that image i of a seed is the same on every call."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gancli.models import GAN, LatentPrior
from gancli.random import derive_seed

BLOCK = 64  # samples that go through the generator together, always: kernels may differ with the size of a batch


def latents(prior: LatentPrior, first: int, n: int, seed: int) -> Tensor:
    """The noise of samples ``first`` to ``first + n`` of a seed, of shape (n, dim), on the CPU.

    Noise is drawn in blocks with a generator each, so a sample's noise does not depend on how many are asked for.
    """
    blocks = range(first // BLOCK, -(-(first + n) // BLOCK))
    noise = [prior.sample(BLOCK, rng=torch.Generator().manual_seed(derive_seed(seed, "sample", it))) for it in blocks]
    offset = first - blocks.start * BLOCK
    return torch.cat(noise)[offset : offset + n]


def sample(gan: GAN, generator: nn.Module, n: int, *, seed: int = 0, labels: Tensor | None = None) -> Tensor:
    """``n`` samples of shape (n, *data.shape), on the CPU; ``labels`` of shape (n,) for a conditional model."""
    return torch.cat(list(stream(gan, generator, n, seed=seed, labels=labels)))


def stream(gan: GAN, generator: nn.Module, n: int, *, seed: int = 0, labels: Tensor | None = None) -> Iterator[Tensor]:
    """What ``sample`` returns, in blocks of shape (≤ BLOCK, *data.shape); none is made before it is asked for."""
    for first in range(0, n, BLOCK):
        z = latents(gan.latent, first, min(BLOCK, n - first), seed)
        yield generate(gan, generator, z, None if labels is None else labels[first : first + BLOCK])


def interpolate(
    gan: GAN, generator: nn.Module, z: tuple[Tensor, Tensor], classes: tuple[int, int], steps: int
) -> Tensor:
    """``steps`` samples on the way between two noises of shape (dim,), and between two classes, of shape (steps, …).

    Normal noise goes along the sphere, for its length carries no meaning; the label's embedding goes straight.
    """
    between = slerp if gan.latent.prior == "normal" else torch.lerp
    along = torch.linspace(0, 1, steps).unsqueeze(1)  # (steps, 1)
    y = None
    if gan.num_classes:
        start, end = one_hot(torch.tensor(classes), gan.num_classes).float()
        y = torch.lerp(start, end, along)  # (steps, num_classes)
    return generate(gan, generator, between(*z, along), y)


def slerp(start: Tensor, end: Tensor, along: Tensor) -> Tensor:
    """Spherical interpolation (Shoemake, 1985; White, 2016, https://arxiv.org/abs/1609.04468) of shape (steps, dim).

    Args:
        start: of shape (dim,).
        end: of shape (dim,).
        along: of shape (steps, 1), from 0 to 1.
    """
    cosine = torch.dot(start, end) / (start.norm() * end.norm())
    angle = torch.acos(cosine.clamp(-1, 1))
    if math.sin(angle) < 1e-6:  # parallel, or opposite: there is no arc, or no one arc
        return torch.lerp(start, end, along)
    return (torch.sin((1 - along) * angle) * start + torch.sin(along * angle) * end) / torch.sin(angle)


@torch.no_grad()
def generate(gan: GAN, generator: nn.Module, z: Tensor, y: Tensor | None = None) -> Tensor:
    """Samples for noise of shape (n, dim), on the CPU; the network always sees full blocks."""
    device, samples = next(generator.parameters()).device, []
    with eval_mode(generator):
        for first in range(0, len(z), BLOCK):
            some = slice(first, first + BLOCK)
            labels = None if y is None else _fill(y[some]).to(device)
            block = gan.generate(generator, _fill(z[some]).to(device), labels)
            samples.append(block[: len(z) - first].float().cpu())
    return torch.cat(samples)


def _fill(block: Tensor) -> Tensor:
    return torch.cat([block, block[-1:].expand(BLOCK - len(block), *block.shape[1:])])


@contextmanager
def eval_mode(network: nn.Module) -> Iterator[None]:
    """Dropout off and BatchNorm on its running statistics, and every part put back as it was."""
    was = {module: module.training for module in network.modules()}
    network.eval()
    try:
        yield
    finally:
        for module, training in was.items():
            module.training = training
