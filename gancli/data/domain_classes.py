"""Two classes of a labelled dataset as two domains."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from gancli.data.base import Dataset
from gancli.data.domain import Domain
from gancli.data.images import ImageDataset
from gancli.data.jitter import Jitter
from gancli.data.manifest import some
from gancli.names import composed, suggestion

READ_AT_ONCE = 256  # examples


class ClassDomain(Domain):
    """The pictures of one class.

    Args:
        rows: their indices, of shape (M,).
    """

    def __init__(self, of: Dataset, rows: Tensor, *, flip: bool) -> None:
        _, height, width = of.spec.shape
        super().__init__(of.spec.shape, Jitter((height, width), flip))
        self.of, self.rows = of, rows
        self.fingerprint = hashlib.sha256(f"{of.fingerprint} {rows.tolist()}".encode()).hexdigest()
        self.manifest, self.left_out, self.notice, self.workers = of.manifest, of.left_out, of.notice, of.workers

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, indices: Tensor, rng: torch.Generator) -> Tensor:
        return self.jitter(self.of.gather(self.rows[indices], rng)[0], rng=rng)[0]

    def unaugmented(self) -> Self:
        same = super().unaugmented()
        same.of = self.of.unaugmented()
        return same

    def to(self, device: torch.device) -> Self:
        self.of = self.of.to(device)
        return self


@dataclass(frozen=True)
class DomainClasses:
    """Two classes of a dataset.

    Raises:
        ValueError: it has no such classes, or no images.
    """

    of: Dataset
    classes: tuple[str, str]
    flip: bool

    def __post_init__(self) -> None:
        spec = self.of.spec
        if not spec.is_image or spec.source is not None or not spec.class_names:
            why = f": {self.of.why_unlabelled}" if self.of.why_unlabelled else ""
            raise ValueError(f"of: found data without classes of images{why}; expected some with classes")
        if len(set(self.classes)) < 2:
            raise ValueError(f"classes: found {self.classes[0]!r} twice, expected two that differ")
        for name in self.classes:
            if composed(name) not in spec.class_names:
                near = suggestion(name, spec.class_names, str.lower) or f"; expected two of {some(spec.class_names)}"
                raise ValueError(f"classes: found {name!r}, which is no class of it{near}")

    def read(self) -> tuple[ClassDomain, ClassDomain]:
        """The pictures of both classes."""
        labels = _labels(self.of)
        numbers = [self.of.spec.class_names.index(composed(name)) for name in self.classes]
        first, second = (
            ClassDomain(self.of, (labels == number).nonzero().flatten(), flip=self.flip) for number in numbers
        )
        return first, second

    def held_out(self, bits: tuple[int, int]) -> Self | None:
        of = self.of.held_out()
        return None if of is None else replace(self, of=of)

    def remarks(self) -> list[str]:
        return []


def _labels(dataset: Dataset) -> Tensor:
    """The labels of all examples, of shape (N,), on the CPU."""
    if isinstance(dataset, ImageDataset) and dataset.labels is not None:
        return dataset.labels.cpu()
    blocks = torch.arange(len(dataset)).split(READ_AT_ONCE)
    return torch.cat([dataset.gather(block, torch.Generator().manual_seed(0))[1].cpu() for block in blocks])
