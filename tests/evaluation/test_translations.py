"""A translation is never compared with the target of its own source image."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancli.data import DataSpec
from gancli.data.base import Batch, Dataset, Source, fingerprint
from gancli.data.sources import fixed_sources
from gancli.evaluation.split import split
from gancli.extractors.random_features import drawn


class Pairs(Dataset):
    """Grey images, each of one brightness, and their negatives as sources."""

    def __init__(self, first: int, last: int, held_out: "Pairs | None" = None) -> None:
        self.levels = torch.arange(first, last)
        self.spec = DataSpec((1, 8, 8), source=Source((1, 8, 8)))
        self.fingerprint = fingerprint(self.levels)
        self._held_out = held_out

    def __len__(self) -> int:
        return len(self.levels)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        x = (self.levels[indices].float() / 127.5 - 1).view(-1, 1, 1, 1).expand(-1, 1, 8, 8)
        return x, -x

    def held_out(self) -> "Pairs | None":
        return self._held_out


def levels(images: Tensor) -> set[int]:
    return {round(float(level)) for level in (images[:, 0, 0, 0] + 1) * 127.5}


@pytest.mark.parametrize(
    "make", [lambda: Pairs(0, 90), lambda: Pairs(0, 50, Pairs(100, 180))], ids=["training", "held out"]
)
@pytest.mark.parametrize("seed", range(3))
def test_sources_and_targets_come_from_two_halves(make: Callable[[], Pairs], seed: int) -> None:
    dataset = make()
    parts = split(dataset, drawn(dataset.spec), 1000)
    sets = parts.draw(seed)
    assert sets.baseline.sources is not None
    targets, translated = levels(sets.reference.examples), levels(-sets.baseline.sources[:])
    assert len(targets) == len(translated) == parts.n == (45 if dataset.held_out() is None else 40)
    assert not targets & translated
    assert levels(sets.baseline.examples) == translated
    if dataset.held_out() is not None:
        assert min(targets | translated) >= 100
        assert parts.protocol == "40 of the 80 held-out targets, none of them of its source"


def test_shown_sources_are_always_the_same_and_held_out_if_there_are_any() -> None:
    dataset = Pairs(0, 50, Pairs(100, 180))
    first, again = (fixed_sources(dataset, 16)[:] for _ in range(2))
    assert torch.equal(first, again)
    assert min(levels(-first)) >= 100
