"""New networks of an architecture, for the smallest data that it accepts, and what they are called with."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from gancli.data import DataSpec, Source
from gancli.sampling.labels import in_turn
from gancli.testing.promises import NotTried
from gancli.testing.subject import Subject

DIM, N = 12, 4  # of the noise; samples
SPECS = ((2,), (1, 16, 16), (3, 32, 32))
NAMES = ("one", "two", "three")


def generators(subject: Subject, seed: int = 0) -> Iterator[tuple[nn.Module, DataSpec, Tensor | None]]:
    """A new generator for each kind of data that is accepted, with labels for it."""
    for data in _accepted(subject):
        torch.manual_seed(seed)
        yield subject.make().generator(data, DIM, data.num_classes), data, _labels(data)


def discriminators(subject: Subject, outputs: int = 1) -> Iterator[tuple[nn.Module, DataSpec, Tensor | None]]:
    """A new discriminator for each kind of data that is accepted, with labels for it."""
    refused = 0
    for data in _accepted(subject):
        try:
            made = subject.make().discriminator(data, data.num_classes, outputs)
        except ValueError:
            refused += 1
            continue
        yield made, data, _labels(data)
    if refused == len(_accepted(subject)):
        raise NotTried(f"it refuses {outputs} outputs")


def _accepted(subject: Subject) -> list[DataSpec]:
    """The smallest data that it does not refuse: without classes, and with three."""
    for shape in SPECS:
        specs = [DataSpec(shape), DataSpec(shape, len(NAMES), NAMES)]
        specs += [DataSpec(shape, source=Source(shape))] if len(shape) == 3 else []
        if accepted := [data for data in specs if not _refuses(subject, data)]:
            return accepted
    raise NotTried("it refuses points, and images of 16 and 32 pixels")


def _refuses(subject: Subject, data: DataSpec) -> bool:
    try:
        subject.make().generator(data, DIM, data.num_classes)
        subject.make().discriminator(data, data.num_classes)
    except ValueError:
        return True
    return False


def _labels(data: DataSpec) -> Tensor | None:
    return in_turn(N, data.num_classes) if data.num_classes else None


def noise_or_sources(data: DataSpec) -> Tensor:
    """What the generator is called with: noise, or images to translate."""
    return torch.randn(N, DIM) if data.source is None else torch.rand(N, *data.source.shape) * 2 - 1


def examples(data: DataSpec) -> Tensor:
    """What the discriminator is called with, of shape (N, *data.shape)."""
    return torch.rand(N, *data.shape) * 2 - 1


def called(network: nn.Module, inputs: Tensor, y: Tensor | None) -> Tensor:
    """The output of a network, with labels if there are any."""
    output: Tensor = network(inputs) if y is None else network(inputs, y)
    return output


@torch.no_grad()
def seeded(network: nn.Module, inputs: Tensor, y: Tensor | None) -> Tensor:
    """The output of a network, always under the same seed."""
    torch.manual_seed(3)
    return called(network, inputs, y)
