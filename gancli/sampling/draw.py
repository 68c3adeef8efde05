"""Drawing from a trained generator, so that image i of a seed is the same on every call."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gancli.data.budget import Budget
from gancli.data.sources import SourceImages
from gancli.errors import UsageError
from gancli.models import GAN, Inputs, LatentPrior
from gancli.sampling.labels import in_turn
from gancli.sampling.noises import terms
from gancli.seeds import derive_seed
from gancli.training.device import rng_state, seed_rng, set_rng_state

NOISE_BLOCK = 64  # samples whose noise comes from one generator of random numbers
AT_ONCE = Budget(NOISE_BLOCK, 1, usual=(3, 64, 64))  # samples that go through the generator together

Sampler = Callable[[Inputs], Tensor]
Rows = TypeVar("Rows", Inputs, Tensor)
Options = Mapping[str, Any]  # of a model's sampler, by name
NO_OPTIONS: Options = MappingProxyType({})


def latents(prior: LatentPrior, first: int, n: int, seed: int) -> Tensor:
    """The noise of samples ``first`` to ``first + n`` of a seed, of shape (n, dim), on the CPU.

    Noise is drawn in blocks with a generator each, so a sample's noise does not depend on how many are asked for.
    """
    blocks = range(first // NOISE_BLOCK, -(-(first + n) // NOISE_BLOCK))
    seeds = [derive_seed(seed, "sample", block) for block in blocks]
    noise = [prior.sample(NOISE_BLOCK, rng=torch.Generator().manual_seed(block_seed)) for block_seed in seeds]
    offset = first - blocks.start * NOISE_BLOCK
    return torch.cat(noise)[offset : offset + n]


def noise(prior: LatentPrior, words: int | str) -> Tensor:
    """The noise of a seed, of one image of a seed, or of a sum of such, of shape (dim,), on the CPU.

    Args:
        words: as ``gancli.sampling.noises`` reads them.
    """
    found = terms(words)
    drawn = torch.cat([latents(prior, term.image, 1, term.seed) for term in found])
    return prior.total(drawn, torch.tensor([float(term.weight) for term in found]))


def block_size(*shapes: tuple[int, ...]) -> int:
    """Samples that go through a generator together, a power of two: 64 of up to 64 × 64 pixels, fewer of larger ones.

    It is always the same for one generator, since kernels may differ with the size of a batch.
    """
    fitting = min(map(AT_ONCE.examples, shapes))
    return 2 ** (fitting.bit_length() - 1)


def labels_in_turn(gan: GAN, n: int) -> Tensor | None:
    """The classes of ``n`` samples, one after the other, of shape (n,); None for a model without."""
    return in_turn(n, gan.num_classes) if gan.num_classes else None


def sample(
    gan: GAN,
    generator: nn.Module,
    n: int,
    *,
    seed: int = 0,
    labels: Tensor | None = None,
    sources: Tensor | SourceImages | None = None,
    options: Options = NO_OPTIONS,
) -> Tensor:
    """``n`` samples of shape (n, *data.shape), on the CPU.

    Args:
        labels: of shape (n,), for a conditional model.
        sources: images to translate, of shape (n, *source.shape), for a model that translates.
        options: of the model's sampler.
    """
    return torch.cat(list(stream(gan, generator, n, seed=seed, labels=labels, sources=sources, options=options)))


def stream(
    gan: GAN,
    generator: nn.Module,
    n: int,
    *,
    seed: int = 0,
    labels: Tensor | None = None,
    sources: Tensor | SourceImages | None = None,
    options: Options = NO_OPTIONS,
) -> Iterator[Tensor]:
    """The samples of ``sample``, in blocks of shape (≤ 64, *data.shape); none is made before it is asked for."""
    sampler = make_sampler(gan, generator, options)
    for first in range(0, n, NOISE_BLOCK):
        rows = slice(first, min(first + NOISE_BLOCK, n))
        z = latents(gan.latent, first, rows.stop - first, seed)
        y, x = (None if condition is None else condition[rows] for condition in (labels, sources))
        yield generate(gan, generator, Inputs(z, y, x), sampler, seed=derive_seed(seed, "noise", first))


def make_sampler(gan: GAN, generator: nn.Module, options: Options = NO_OPTIONS) -> Sampler:
    """The model's sampler with the options of a command; making it disturbs no training."""
    with undisturbed(generator):
        return sampler_of(gan, generator, options)


def sampler_of(gan: GAN, generator: nn.Module, options: Options) -> Sampler:
    """The model's sampler; raises UsageError for options that it refuses with a ValueError."""
    try:
        return gan.sampler(generator, **options)
    except ValueError as error:
        if not options:
            raise
        raise UsageError(f"{' '.join(f'{name}={value}' for name, value in options.items())}: {error}") from error


class Stop(NamedTuple):
    """A point that a walk through the latent space leads to."""

    z: Tensor | None  # noise of shape (dim,)
    label: int | None  # the class; None for a model without
    w: Tensor | None = None  # in place of the noise, what the model has mapped it to


def walk(
    gan: GAN,
    generator: nn.Module,
    stops: Sequence[Stop],
    steps: int,
    options: Options = NO_OPTIONS,
    *,
    is_loop: bool = False,
) -> Iterator[Tensor]:
    """Samples on the way from stop to stop, in blocks of shape (≤ 64, *data.shape).

    From one to the next there are ``steps`` samples, the stops included; each stop comes once. A loop leads back to the
    first one, and ends before it. The model says what lies between two inputs.
    """
    legs = list(itertools.pairwise([*stops, *stops[:is_loop]]))
    along = torch.linspace(0, 1, steps).unsqueeze(1)
    for number, ends in enumerate(legs, 1):
        path = _path(gan, generator, *ends, options)
        is_last = number == len(legs) and not is_loop
        for block in (along if is_last else along[:-1]).split(NOISE_BLOCK):
            yield generate(gan, generator, block, path)


def _path(gan: GAN, generator: nn.Module, start: Stop, end: Stop, options: Options) -> Callable[[Tensor], Tensor]:
    device = next(generator.parameters()).device
    with undisturbed(generator), torch.no_grad():
        return gan.path(generator, *(_inputs(gan, stop).to(device) for stop in (start, end)), **options)


def _inputs(gan: GAN, stop: Stop) -> Inputs:
    """One row, with the class as weights."""
    y = None if stop.label is None else one_hot(torch.tensor([stop.label]), gan.num_classes).float()
    z, w = (None if point is None else point.unsqueeze(0) for point in (stop.z, stop.w))
    return Inputs(z, y, w=w)


@torch.no_grad()
def generate(
    gan: GAN, generator: nn.Module, inputs: Rows, sampler: Callable[[Rows], Tensor], *, seed: int = 0
) -> Tensor:
    """Samples for some inputs, on the CPU; the network always sees full blocks.

    Args:
        inputs: what the sampler takes: inputs of the model, or how far along a path of shape (N, 1).
        sampler: of ``make_sampler``, or a path of the model.
        seed: of the noise that a generator draws by itself, which two calls then have in common.
    """
    source = () if gan.data.source is None else (gan.data.source.shape,)
    size, device, samples = block_size(gan.data.shape, *source), next(generator.parameters()).device, []
    with undisturbed(generator, seed):
        for first in range(0, len(inputs), size):
            block = sampler(_fill(inputs[first : first + size], size).to(device))
            samples.append(block[: len(inputs) - first].float().cpu())
    return samples[0] if len(samples) == 1 else torch.cat(samples)


def _fill(inputs: Rows, size: int) -> Rows:
    """Repeat the last row until there are ``size``."""
    if len(inputs) == size:
        return inputs
    rows = torch.arange(size).clamp(max=len(inputs) - 1)
    return inputs[rows]


@contextmanager
def undisturbed(generator: nn.Module, seed: int = 0) -> Iterator[None]:
    """A context in evaluation mode, with random numbers of its own; everything is restored afterwards."""
    device = next(generator.parameters()).device
    state = rng_state(device)
    seed_rng(seed, device)
    try:
        with eval_mode(generator):
            yield
    finally:
        set_rng_state(state, device)


@contextmanager
def eval_mode(network: nn.Module) -> Iterator[None]:
    """Evaluation mode: dropout off, BatchNorm on its running statistics; every module is restored afterwards."""
    modules = list(network.modules())
    was = [module.training for module in modules]
    if any(was):  # an average is in it already, and setting an attribute of a module is slow
        network.eval()
    try:
        yield
    finally:
        for module, training in zip(modules, was, strict=True):
            if module.training != training:
                module.training = training
