"""How far images are from the targets of their own source images."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancli import metrics
from gancli.data.sources import ExampleImages
from gancli.evaluation.example_set import ExampleSet
from gancli.extractors import as_pictures
from gancli.metrics.ssim import WINDOW

Measure = Callable[[Tensor, Tensor], Tensor]
MEASURES: Mapping[str, Measure] = {"L1": metrics.l1_distance, "SSIM": metrics.structural_similarity}


@dataclass(frozen=True)
class PairErrors:
    """The differences of images from their targets.

    Attributes:
        images: N of them.
        targets: as many.
        found: by the name of the measure, of shape (N,); computed at the full size.
    """

    images: ExampleSet
    targets: ExampleSet
    found: Mapping[str, Tensor]

    @cached_property
    def in_features(self) -> Tensor:
        """Euclidean distance in the features, of shape (N,)."""
        return (self.images.features - self.targets.features).double().norm(dim=1)


class ErrorRecorder:
    """Measures blocks of images as they pass, since few of them are in memory at their full size.

    Args:
        targets: of these images, in their order.
        measures: by name.
    """

    def __init__(self, targets: ExampleImages, measures: Mapping[str, Measure]) -> None:
        self._targets, self._measures = targets, measures
        self._found: dict[str, list[Tensor]] = {name: [] for name in measures}

    def passing(self, blocks: Iterable[Tensor], through: Callable[[Tensor], Tensor] = as_pictures) -> Iterator[Tensor]:
        """The same blocks.

        Args:
            through: applied to each before it is measured.
        """
        first = 0
        for block in blocks:
            self._record(through(block), first)
            first += len(block)
            yield block

    def _record(self, block: Tensor, first: int) -> None:
        if self._measures:
            targets = self._targets[slice(first, first + len(block))]
            for name, measure in self._measures.items():
                self._found[name].append(measure(_in_unit_range(block), _in_unit_range(targets)))

    def found(self) -> dict[str, Tensor]:
        """By the name of the measure, of shape (N,)."""
        return {name: torch.cat(several) for name, several in self._found.items() if several}


def measures_for(shape: tuple[int, ...], wanted: Iterable[str]) -> dict[str, Measure]:
    """The measures of these names that images of a shape (C, H, W) are large enough for."""
    is_large_enough = min(shape[1:]) >= WINDOW
    return {name: MEASURES[name] for name in wanted if name in MEASURES and (name != "SSIM" or is_large_enough)}


def _in_unit_range(images: Tensor) -> Tensor:
    return as_pictures(images).add_(1).div_(2)
