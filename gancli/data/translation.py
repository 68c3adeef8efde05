"""What all datasets of images to translate have in common: two domains, A and B, and a direction."""

from abc import abstractmethod
from dataclasses import replace
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.base import Batch, Dataset
from gancli.data.spec import DataSpec, Source

Direction = Literal["AtoB", "BtoA"]
DomainName = Annotated[str, Field(min_length=1, max_length=40)]
DomainNames = tuple[DomainName, DomainName]
Shapes = tuple[tuple[int, ...], tuple[int, ...]]


class Translation(Dataset):
    """Pictures of two domains, A and B, of which one is translated into the other.

    Args:
        shapes: (C, H, W) of A and of B.
        direction: ``AtoB``: A is the source, and B what is generated.
        names: of A and of B.
        paired: every picture of A has its partner in B.

    Raises:
        ValueError: the names are equal, or cannot be shown.
    """

    def __init__(self, shapes: Shapes, direction: Direction, names: DomainNames, *, paired: bool) -> None:
        if len(set(names)) < 2 or not all(name.isprintable() for name in names):
            raise ValueError(f"names: found {names[0]!r} and {names[1]!r}, expected two that differ and can be shown")
        self.direction = direction
        source, target = shapes if direction == "AtoB" else shapes[::-1]
        self.spec = DataSpec(target, source=Source(source, names if direction == "AtoB" else names[::-1], paired))

    def _use_bits(self, of_a: int, of_b: int) -> None:
        """Keep how many bits grey pictures of 16 bits use, so that those to be translated are read alike."""
        assert self.spec.source is not None
        bits = (of_a, of_b) if self.direction == "AtoB" else (of_b, of_a)
        self.spec = replace(self.spec, source=replace(self.spec.source, bits=bits))

    @abstractmethod
    def draw(self, indices: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pictures of A and of B, of shape (N, C, H, W), in [-1, 1]."""

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        a, b = self.draw(indices, rng)
        return (b, a) if self.direction == "AtoB" else (a, b)

    def amount(self) -> str:
        assert self.spec.source is not None
        return f"{len(self):,} pair{'' if len(self) == 1 else 's'}, {' → '.join(self.spec.source.names)}"
