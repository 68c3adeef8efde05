"""A training that fails is reported at the second check, and a healthy one is not."""

import itertools
import json
import random
import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancli import Dataset, losses
from gancli.data import MNIST, Grid, ImageDataset, Ring
from gancli.errors import CheckpointError
from gancli.monitoring import NUM_REFERENCE, NUM_SAMPLES, TrainingMonitor
from gancli.monitoring.reference import principal_axes
from gancli.monitoring.warning_texts import WARNINGS


def noise() -> ImageDataset:
    return ImageDataset(torch.randint(256, (3000, 3, 64, 64), dtype=torch.uint8, generator=seeded(0)))


DATASETS: dict[str, Callable[[], Dataset]] = {
    "digits": lambda: MNIST(source="embedded"),
    "ring": Ring,
    "grid": Grid,
    "noise": noise,
}


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draw(dataset: Dataset, n: int, seed: int) -> tuple[Tensor, ...]:
    return dataset.gather(torch.randperm(len(dataset), generator=seeded(seed))[:n], seeded(seed))


def monitor_of(dataset: Dataset, seed: int = 0) -> TrainingMonitor:
    return TrainingMonitor(None, lambda: draw(dataset, NUM_REFERENCE.most, seed), class_names=dataset.spec.class_names)


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    x, y = draw(MNIST(source="embedded"), 5000, 1)
    return x, y


COLLAPSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "constant": lambda x, y: x[:1].expand(NUM_SAMPLES.most, -1, -1, -1),
    "two classes": lambda x, y: x[y >= 8][: NUM_SAMPLES.most],
    "noise around the mean": lambda x, y: (
        x.mean(0) + 0.1 * torch.randn(NUM_SAMPLES.most, 1, 28, 28, generator=seeded(0))
    ),
    "copies": lambda x, y: x[torch.randint(64, (NUM_SAMPLES.most,), generator=seeded(0))],
    "black": lambda x, y: torch.full((NUM_SAMPLES.most, 1, 28, 28), -1.0),
    "white": lambda x, y: torch.full((NUM_SAMPLES.most, 1, 28, 28), 1.0),
    "black or white": lambda x, y: (
        torch.tensor([-1.0, 1.0]).repeat(NUM_SAMPLES.most // 2).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    ),
}


@pytest.mark.parametrize("collapse", COLLAPSES)
@pytest.mark.parametrize("seed", range(3))
def test_a_collapse_is_reported_once_at_its_second_check_and_again_when_it_comes_back(
    digits: tuple[Tensor, Tensor], collapse: str, seed: int
) -> None:
    x, y = digits
    monitor, bad = monitor_of(MNIST(source="embedded"), seed), COLLAPSES[collapse](x, y)
    good = [x[at : at + NUM_SAMPLES.most] for at in (0, 1000, 2000)]  # after as many good checks it is over
    reported = [
        monitor.check_samples(step, samples, None) for step, samples in enumerate([bad, bad, bad, *good, bad, bad])
    ]
    assert [len(warnings) for warnings in reported] == [0, 1, 0, 0, 0, 0, 0, 1]
    expected = "classes are missing" if collapse == "two classes" else "diversity collapsed"
    assert reported[1][0].startswith(expected)
    assert "; try" in reported[1][0] or ", or try" in reported[1][0]


def test_missing_classes_are_named(digits: tuple[Tensor, Tensor]) -> None:
    x, y = digits
    monitor = monitor_of(MNIST(source="embedded"))
    for index, kept in enumerate(itertools.combinations(range(10), 2)):
        few = x[(y == kept[0]) | (y == kept[1])][: NUM_SAMPLES.most]
        *_, healthy, first, second = (
            monitor.check_samples(5 * index + step, seen, None)
            for step, seen in enumerate([*[x[: NUM_SAMPLES.most]] * 3, few, few])
        )
        assert healthy == first == []
        named = set(re.findall(r"\b\d\b", second[0].partition("looks like one of")[2]))
        assert named
        assert not named & {str(value) for value in kept}


@pytest.mark.parametrize("modes", [[0], [3]])
def test_one_mode_of_the_ring_is_too_few(modes: list[int]) -> None:
    points, samples = Ring(), []
    nearest = torch.cdist(points.points, points.modes).argmin(1)
    samples = points.points[torch.isin(nearest, torch.tensor(modes))][:2500]
    monitor = monitor_of(points)
    assert monitor.check_samples(500, samples, None) == []
    assert monitor.check_samples(1000, samples, None)[0].startswith("diversity collapsed")


def test_two_modes_of_a_grid_are_far_apart_and_yet_too_few() -> None:
    grid = Grid()
    nearest = torch.cdist(grid.points, grid.modes).argmin(1)
    samples = grid.points[(nearest == 0) | (nearest == 24)][:2500]
    monitor = monitor_of(grid)
    assert monitor.check_samples(500, samples, None) == []
    assert "no sample near it" in monitor.check_samples(1000, samples, None)[0]


def test_the_classes_of_a_conditional_model_are_checked_one_by_one(digits: tuple[Tensor, Tensor]) -> None:
    x, y = (tensor[: NUM_SAMPLES.most].clone() for tensor in digits)
    for collapsed in (3, 7):
        x[y == collapsed] = x[y == collapsed][:1]
    monitor = TrainingMonitor(None, lambda: digits, class_names=["zero", "one", "two", "three", *"456", "seven", *"89"])
    assert monitor.check_samples(500, x, y) == []
    assert "the samples of classes three, seven are almost equal" in monitor.check_samples(1000, x, y)[0]


@pytest.mark.parametrize("name", DATASETS)
def test_the_data_itself_is_healthy(name: str) -> None:
    dataset = DATASETS[name]()
    monitor, n = monitor_of(dataset), NUM_SAMPLES.most if dataset.spec.is_image else 2500
    for seed in range(1, 30):
        x, *y = draw(dataset, n, seed)
        assert monitor.check_samples(seed, x, None) == []
        assert monitor.check_samples(seed, x, y[0] if y else None) == []


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_reference_the_data_itself_is_healthy(seed: int) -> None:
    dataset = MNIST(source="embedded")
    x, y = draw(dataset, NUM_SAMPLES.most, seed + 100)
    for labels in (None, y):
        monitor = monitor_of(dataset, seed)
        assert [monitor.check_samples(step, x, labels) for step in range(3)] == [[], [], []]


def test_a_monitor_that_continues_from_its_state_says_the_same(digits: tuple[Tensor, Tensor]) -> None:
    x, y = digits
    checks = [
        x[: NUM_SAMPLES.most],
        x[NUM_SAMPLES.most : 2 * NUM_SAMPLES.most],
        *(collapse(x, y) for collapse in COLLAPSES.values()),
    ]
    loss, rng = losses.Hinge(), random.Random(0)

    def new() -> TrainingMonitor:
        return TrainingMonitor(loss, lambda: (x[: NUM_REFERENCE.most], y[: NUM_REFERENCE.most]))

    uninterrupted, interrupted, said = new(), new(), []
    value, norm, samples = 0.0, 1.0, checks[0]
    for step in range(0, 10_000, 100):
        if rng.random() < 0.15:
            value, norm, samples = rng.choice([0.0, 1.0, 100.0]), rng.choice([1.0, 0.0]), rng.choice(checks)
        if rng.random() < 0.15:
            state, interrupted = json.loads(json.dumps(interrupted.state_dict())), new()
            interrupted.load_state_dict(state)
        here, there = (
            run.after_step(step, {"discriminator": value}, norm) + run.check_samples(step, samples, None)
            for run in (uninterrupted, interrupted)
        )
        assert here == there
        assert uninterrupted.state_dict() == interrupted.state_dict()
        said += here
    assert uninterrupted.closing(10_000) == interrupted.closing(10_000)
    hidden = {WARNINGS["worse"].name}  # at these checks, a collapse says more
    assert {warning.partition(":")[0] for warning in said} == {words.name for words in WARNINGS.values()} - hidden


@pytest.mark.parametrize("state", [{"gradients": "x"}, {"symptoms": {"missing_classes": {"since": 3}}}])
def test_a_wrong_state_is_refused(state: dict[str, object]) -> None:
    monitor = TrainingMonitor(None, lambda: ())
    monitor.load_state_dict({})
    with pytest.raises(CheckpointError, match="state of the monitor is wrong: "):
        monitor.load_state_dict(state)


class Noisy(losses.Hinge):
    calls = 0

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        self.calls += 1
        return super().discriminator(real_logits + 0.1 * torch.randn_like(real_logits), fake_logits)


def test_monitoring_does_not_disturb_training(digits: tuple[Tensor, Tensor]) -> None:
    before, loss = torch.get_rng_state(), Noisy()
    TrainingMonitor(loss, lambda: digits).check_samples(500, digits[0][: NUM_SAMPLES.most], None)
    assert torch.get_rng_state().equal(before)
    assert loss.calls == 0


@pytest.mark.parametrize("shape", [(200, 50), (100, 400), (1024, 2), (5, 300)])
def test_principal_axes_are_those_of_a_singular_value_decomposition(shape: tuple[int, int]) -> None:
    x = torch.randn(shape, generator=seeded(0)) * torch.linspace(1, 3, shape[1])
    x -= x.mean(0)
    expected = torch.linalg.svd(x.double(), full_matrices=False).Vh[: min(32, shape[0] - 1)]
    overlap = expected.float() @ principal_axes(x, 32)
    assert torch.allclose(overlap.abs(), torch.eye(*overlap.shape), atol=1e-4)


def test_examples_that_are_all_alike_have_axes_too() -> None:
    for shape in ((40, 10), (40, 1024), (1, 784)):
        assert principal_axes(torch.zeros(shape), 32).isfinite().all()
