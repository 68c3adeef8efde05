"""A translation is never compared with the target of its own source image."""

from collections.abc import Callable
from typing import ClassVar, Literal

import pytest
import torch
from torch import Tensor, nn

from gancli.architectures import Architecture
from gancli.data import DataSpec
from gancli.data.base import Batch, Dataset, fingerprint
from gancli.data.sources import fixed_sources
from gancli.data.spec import Source
from gancli.evaluation.pair_errors import measures_for
from gancli.evaluation.translation_split import translation_split
from gancli.evaluation.translations import translate
from gancli.extractors.random_features import drawn
from gancli.losses import NonSaturating
from gancli.models import LatentPrior, VanillaGAN


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
    parts = translation_split(dataset, drawn(dataset.spec), 1000)
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


class Negative(Architecture):
    """A generator that gives the negative of a source image, which is its target."""

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        return Turned()

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 1), nn.Flatten(0))


class Turned(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(-torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x


class Translator(VanillaGAN):
    translates: ClassVar[Literal["", "pairs", "domains"]] = "pairs"


def test_a_perfect_translator_makes_the_targets() -> None:
    dataset = Pairs(0, 50, Pairs(100, 180))
    model = Translator(
        data=dataset.spec,
        architecture=Negative(),
        loss=NonSaturating(),
        penalties={},
        regularisers={},
        augmentation=None,
        latent=LatentPrior(2),
    )
    parts = translation_split(dataset, drawn(dataset.spec), 1000)
    found = translate(model, model.generator, parts.unseen, measures_for(dataset.spec.shape, ["L1", "SSIM"]), {})
    assert torch.equal(found.samples.kept, parts.unseen.kept)
    assert found.pairs is not None
    assert found.pairs.found.keys() == {"L1"}  # the window of SSIM is larger than these images
    assert (float(found.pairs.found["L1"].max()), float(found.pairs.in_features.max())) == (0, 0)
    assert found.cycle_l1 is None
