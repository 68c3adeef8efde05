"""Stacked MNIST: a thousand modes, as likely as three digits drawn at random, put together when asked for."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancli.data import MNIST, StackedMNIST, batches
from gancli.errors import DataError, RecipeError
from gancli.recipe import Recipe
from gancli.run.run import Run

CPU = torch.device("cpu")
STACKED = """\
dataset: {name: stacked-mnist, examples: 50, source: embedded}
architecture: {name: dcgan, width: 2, blocks: 2}
latent: {dim: 4}
train: {steps: 2, batch_size: 8, log_every: 1, ema: 0.9}
device: cpu
"""


@pytest.fixture(scope="module")
def stacked() -> StackedMNIST:
    return StackedMNIST(source="embedded")


def test_channels_are_digits_and_the_number_is_what_they_read_as(stacked: StackedMNIST) -> None:
    digits = MNIST(source="embedded")
    assert isinstance(digits.images, torch.Tensor)
    known = {image.numpy().tobytes(): int(label) for image, label in zip(digits.images, digits.labels, strict=True)}
    chosen = torch.arange(0, len(stacked), 1000)
    for image, number in zip(stacked.images[chosen], stacked.numbers[chosen], strict=True):
        read = [known[channel[None].numpy().tobytes()] for channel in image]
        assert int("".join(map(str, read))) == number


def test_a_minibatch_is_images_in_range_without_labels(stacked: StackedMNIST) -> None:
    (x,) = stacked.gather(torch.tensor([5, 3, 5]), torch.Generator())
    assert x.shape == (3, *stacked.spec.shape) == (3, 3, 28, 28)
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(x[0], x[2])
    assert not torch.equal(x[0], x[1])
    assert stacked.spec.num_classes == 0


def test_the_thousand_modes_are_as_likely_as_one_another(stacked: StackedMNIST) -> None:
    """Pearson's statistic has a mean of 999 and a standard deviation of √(2 · 999) = 44.7 if they are."""
    counts = stacked.numbers.bincount(minlength=1000).double()
    assert len(counts) == 1000
    assert counts.min() > 0
    expected = len(stacked) / 1000
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert abs(statistic - 999) < 4 * 44.7


def test_an_example_depends_on_its_number_alone(stacked: StackedMNIST) -> None:
    few = StackedMNIST(examples=100, source="embedded")
    first = torch.arange(100)
    assert torch.equal(few.images[first], stacked.images[first])
    torch.manual_seed(99)  # torch's own randomness is not its business
    again = StackedMNIST(source="embedded")
    assert (again.fingerprint, len(again)) == (stacked.fingerprint, 128_000)
    assert few.fingerprint != stacked.fingerprint


def test_the_images_are_not_kept(stacked: StackedMNIST) -> None:
    """Three indices an example, of 8 bytes each, where the pixels would take 2,352."""
    held = [value for value in vars(stacked.images).values() if isinstance(value, torch.Tensor)]
    assert sum(tensor.nbytes for tensor in held) < 10e6 < len(stacked) * 3 * 28 * 28


def test_digits_of_the_data_folder_are_asked_for_as_those_of_mnist_are(stacked: StackedMNIST) -> None:
    with pytest.raises(DataError, match="GAN_OFFLINE"):
        StackedMNIST(source="full")
    fallen_back = StackedMNIST()
    assert "5,000" in fallen_back.notice
    assert fallen_back.fingerprint == stacked.fingerprint


def test_streaming_through_workers_changes_nothing() -> None:
    dataset = StackedMNIST(examples=50, source="embedded")

    def drawn() -> list[torch.Tensor]:
        return [x for (x,) in itertools.islice(batches(dataset, 8, seed=3, device=CPU), 4)]

    plain = drawn()
    dataset.workers = 2
    assert all(torch.equal(one, other) for one, other in zip(plain, drawn(), strict=True))


@pytest.mark.parametrize("penalties", ["[]", "[r1]"])
def test_it_trains(load: Callable[..., Recipe], penalties: str) -> None:
    with Run.create(load(STACKED, f"penalties={penalties}", "architecture.discriminator_norm=none")) as run:
        losses = [loss for step in run for loss in step.values()]
        assert run.previews.samples(4).shape == (4, 3, 28, 28)
    assert torch.stack(losses).isfinite().all()
    assert (run.directory / "samples/step-0000002.png").exists()


def test_a_conditional_game_is_refused_for_it_has_no_labels(load: Callable[..., Recipe]) -> None:
    with pytest.raises(RecipeError, match="has no labels"):
        Run.create(load(STACKED, "model=cgan"))


@pytest.mark.parametrize("examples", ["0", "-1", "10000001", "1.5"])
def test_a_wrong_number_of_examples_is_the_recipes_error(load: Callable[..., Any], examples: str) -> None:
    with pytest.raises(RecipeError, match=re.escape("dataset.examples: ")):
        load(STACKED, f"dataset.examples={examples}")
