"""Nearest neighbours by search through all, a block of rows at a time."""

from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks


class Neighbours(NamedTuple):
    """The nearest neighbour of each of N examples: its row, and how far it is; both of shape (N,)."""

    indices: Tensor
    distances: Tensor


def nearest(samples: Tensor, reference: Tensor, *, own: Tensor | None = None, chunk: int = 512) -> Neighbours:
    """The row of ``reference`` nearest to each sample, of shape (N, d); a copy is at a distance of exactly 0.

    Args:
        own: of shape (N,): the row of ``reference`` that each sample is itself, and that is not its neighbour; −1 of
            one that is none of them.
        chunk: rows of the matrix of distances that are in memory at once; changes nothing.

    Raises:
        ValueError: no examples, nothing beside the sample itself, different d, not finite, or ``chunk`` < 1.
    """
    samples = checks.features("samples", samples)
    reference = checks.features("reference", reference, least=1 if own is None else 2)
    checks.same_space(samples=samples, reference=reference)
    if chunk < 1:
        raise ValueError(f"chunk = {chunk}; expected at least 1")
    # Matrix products find the neighbour in a third of the time, but lose digits far from the origin and give a copy
    # a distance. So they run around the reference's mean, and the distance is then taken from the difference.
    origin = reference.mean(0)
    found = []
    for first in range(0, len(samples), chunk):
        distances = torch.cdist(samples[first : first + chunk] - origin, reference - origin)  # (chunk, M)
        if own is not None:
            rows = own[first : first + chunk]
            distances[rows >= 0, rows[rows >= 0]] = torch.inf
        found.append(distances.argmin(1))
    indices = torch.cat(found)
    return Neighbours(indices, (samples - reference[indices]).norm(dim=1))


def nearest_others(samples: Tensor, *, chunk: int = 512) -> Neighbours:
    """The nearest neighbour of each sample, of shape (N, d), among the other samples."""
    return nearest(samples, samples, own=torch.arange(len(samples)), chunk=chunk)
