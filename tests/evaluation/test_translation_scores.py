"""The numbers of translations: perfect ones, copies, memorised ones, and the floor of real images."""

from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor, nn

from gancli import recipe
from gancli.data import DataSpec
from gancli.data.base import Batch, Dataset, fingerprint
from gancli.data.spec import Source
from gancli.evaluation import METRICS, interpret
from gancli.evaluation.copied_inputs import converted
from gancli.evaluation.interpretation import COPIED, NEAREST
from gancli.evaluation.metric import Values
from gancli.evaluation.score import scores_over
from gancli.evaluation.translation_data import TranslationData
from gancli.models import Inputs
from gancli.models.latent import LatentPrior
from tests.evaluation import synthetic

SIDE = synthetic.SIDE
NAMES = ("l1", "ssim", "features", "frechet", "kernel", "coverage", "copies")
MEASURED = {name: METRICS[name] for name in NAMES}


class Toned(Dataset):
    """Images in colour, and their sources: grey and dark."""

    def __init__(self, n: int, seed: int, held_out: "Toned | None" = None, *, paired: bool = True) -> None:
        self.x = ((synthetic.drawn("shapes", n, seed)[0] + 1) * 127.5).round() / 127.5 - 1
        self.spec = DataSpec((3, SIDE, SIDE), source=Source((1, SIDE, SIDE), paired=paired))
        self.fingerprint = fingerprint(self.x)
        self._held_out = held_out

    def __len__(self) -> int:
        return len(self.x)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        x = self.x[indices]
        return x, converted(x, (1, SIDE, SIDE)) / 2 - 0.5

    def held_out(self) -> "Toned | None":
        return self._held_out


class Player(nn.Module):
    """A model and a generator whose translations are those of a function of source images."""

    translates, num_classes = "pairs", 0

    def __init__(self, data: DataSpec, translate: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.data, self.translate, self.latent = data, translate, LatentPrior(2)
        self.weight = nn.Parameter(torch.zeros(1))

    def sampler(self, generator: nn.Module) -> Callable[[Inputs], Tensor]:
        return lambda inputs: self.translate(inputs.x)


def table(known: Dataset) -> Callable[[Tensor], Tensor]:
    """The target of the nearest source of a dataset: all that a model has which learned it by heart."""
    targets, sources = known.gather(torch.arange(len(known)), torch.Generator())
    return lambda x: targets[torch.cdist(x.flatten(1), sources.flatten(1)).argmin(1)]


def real_data(dataset: Dataset, seeds: int = 2) -> TranslationData:
    return TranslationData(recipe.load(recipe.locate("ring")), dataset, MEASURED, 1000, range(seeds), "")


def numbers(data: TranslationData, translate: Callable[[Tensor], Tensor]) -> list[Values]:
    player = Player(data._dataset.spec, translate)
    inputs_of = data.generated(player, player, {})  # type: ignore[arg-type]
    return [data.measure(inputs_of(seed)) for seed in range(2)]


def means(scores: Mapping[str, tuple[float, ...]]) -> dict[str, float]:
    return {name: sum(values) / len(values) for name, values in scores.items()}


@pytest.fixture(scope="module")
def pairs() -> Toned:
    return Toned(150, 0, Toned(120, 1))


@pytest.fixture(scope="module")
def data(pairs: Toned) -> TranslationData:
    return real_data(pairs)


def test_a_perfect_translator_has_no_errors_and_the_distance_of_real_images(
    pairs: Toned, data: TranslationData
) -> None:
    held_out = pairs.held_out()
    assert held_out is not None
    first, second = numbers(data, table(held_out))
    assert (first["L1"], first["SSIM"], first["feature distance"]) == (0, pytest.approx(1), 0)
    assert "L1" not in second  # it is one number, of all pairs
    for seed, found in enumerate((first, second)):
        for name in ("FD", "KD", "coverage", "density"):
            assert found[name] == data.baseline[name][seed]  # never a better one
    assert data.baseline["FD"][0] > 0


def test_a_copier_gets_the_numbers_of_the_copy(data: TranslationData) -> None:
    found = numbers(data, lambda x: x.expand(-1, 3, -1, -1))
    for name, values in data.beside[COPIED].items():
        assert values == tuple(one[name] for one in found if name in one)
    assert data.beside[COPIED].keys() == found[0].keys()
    assert found[0]["L1"] > 0.05


def test_what_was_learned_by_heart_is_as_good_as_the_table(pairs: Toned, data: TranslationData) -> None:
    found = numbers(data, table(pairs))
    assert {name: (found[0][name],) for name in ("L1", "SSIM", "feature distance")} == data.beside[NEAREST]
    assert found[0]["copied"] == 1
    assert 0 < found[0]["L1"] < data.baseline["L1"][0]  # nearer than any other target
    words = interpret(scores_over(found, data.baseline, data.beside))
    assert words.startswith("the target of the nearest training source is as near to the real target or nearer")
    held_out = pairs.held_out()
    assert held_out is not None
    good = interpret(scores_over(numbers(data, lambda x: 0.9 * table(held_out)(x)), data.baseline, data.beside))
    assert "% of that of the target of the nearest training source" in good


@pytest.mark.parametrize("paired", [True, False])
def test_real_images_of_the_other_domain_are_at_the_floor(paired: bool) -> None:
    data = real_data(Toned(300, 2, Toned(200, 3, paired=paired), paired=paired))
    fresh = iter(synthetic.drawn("shapes", 400, 4)[0].split(64))
    found = means({"FD": tuple(one["FD"] for one in numbers(data, lambda x: next(fresh)[: len(x)]))})
    floor = means(data.baseline)
    assert 0.5 * floor["FD"] < found["FD"] < 2 * floor["FD"]
    assert ("L1" in floor, NEAREST in data.beside) == (paired, paired)


def test_an_unpaired_target_that_is_there_twice_is_in_one_set_only() -> None:
    once = Toned(60, 5, paired=False)
    twice = Toned(1, 6, paired=False)
    twice.x = torch.cat([once.x, once.x])
    data = real_data(twice)
    assert len(data.split.unseen) == 60
    for sets in data.sets:
        both = torch.cat([sets.reference.kept, sets.baseline.kept]).flatten(1)
        assert len(both.unique(dim=0)) == 60
    assert data.caveats[0].startswith("no images are held out: training images were translated")


@pytest.mark.parametrize("held_out", [0, 1, 2, 10])
def test_ten_pairs(held_out: int) -> None:
    dataset = Toned(10, 7, Toned(held_out, 8) if held_out else None)
    data = real_data(dataset)
    is_held_out = held_out >= 2
    shown = dataset.held_out() if is_held_out else dataset
    assert shown is not None
    found = numbers(data, table(shown))
    assert (found[0]["L1"], found[0]["SSIM"]) == (0, pytest.approx(1))
    assert (
        data.facts["translated"]
        == f"{held_out if is_held_out else 10} {'held-out' if is_held_out else 'training'} source images"
    )
    assert bool(data.caveats) is not is_held_out
    assert data.beside[NEAREST]["L1"][0] > 0  # the nearest training source is not the source itself
    assert "FD" not in data.baseline
    if held_out == 10:
        assert data.left_out[0] == "FD, KD, density and coverage are left out: 40 images are needed; here are 10"
    if not is_held_out:
        assert found[0]["copied"] < 1  # its own target is what a translation of a training example should be
    if held_out == 1:
        assert data.caveats[0].startswith("too few pairs are held out, 1 of at least 2")


def test_copies_are_given_the_channels_and_the_size_of_targets() -> None:
    colour = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1).expand(2, 3, 8, 8)
    assert converted(colour, (1, 8, 8)).mean().item() == pytest.approx(0.299 - 0.587 - 0.114)
    assert torch.equal(converted(colour[:, :1], (3, 8, 8)), torch.ones(2, 3, 8, 8))
    assert converted(colour, (3, 4, 16)).shape == (2, 3, 4, 16)
    assert torch.equal(converted(colour, (3, 8, 8)), colour)
