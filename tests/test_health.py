"""A training that fails is told of at the second look, and a healthy one is left in peace."""

import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus
from torch.nn.utils import get_total_norm
from torch.optim import SGD, Adam

from gancli import AdversarialLoss, Dataset, DataSpec, losses
from gancli.architectures import MLP
from gancli.data import MNIST, Grid, ImageDataset, Ring, batches
from gancli.errors import CheckpointError
from gancli.health import LOOKS, REFERENCE, Health
from gancli.models import LatentPrior, VanillaGAN
from gancli.recipe import Recipe
from gancli.run import Run
from gancli.training import train

Look = tuple[Tensor, Tensor | None]


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


def watch(dataset: Dataset, seed: int = 0) -> Health:
    return Health(None, lambda: draw(dataset, REFERENCE, seed), class_names=dataset.spec.class_names)


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    x, y = draw(MNIST(source="embedded"), 5000, 1)
    return x, y


COLLAPSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "constant": lambda x, y: x[:1].expand(LOOKS, -1, -1, -1),
    "two classes": lambda x, y: x[y >= 8][:LOOKS],
    "noise around the mean": lambda x, y: x.mean(0) + 0.1 * torch.randn(LOOKS, 1, 28, 28, generator=seeded(0)),
    "copies": lambda x, y: x[torch.randint(64, (LOOKS,), generator=seeded(0))],
    "black": lambda x, y: torch.full((LOOKS, 1, 28, 28), -1.0),
    "white": lambda x, y: torch.full((LOOKS, 1, 28, 28), 1.0),
    "black or white": lambda x, y: torch.tensor([-1.0, 1.0]).repeat(LOOKS // 2).view(-1, 1, 1, 1).expand(-1, 1, 28, 28),
}


@pytest.mark.parametrize("collapse", COLLAPSES)
@pytest.mark.parametrize("seed", range(3))
def test_a_collapse_is_told_once_at_its_second_look_and_again_when_it_comes_back(
    digits: tuple[Tensor, Tensor], collapse: str, seed: int
) -> None:
    x, y = digits
    health, bad = watch(MNIST(source="embedded"), seed), COLLAPSES[collapse](x, y)
    told = [health.look(step, it, None) for step, it in enumerate([bad, bad, bad, x[:LOOKS], bad, bad])]
    assert [len(it) for it in told] == [0, 1, 0, 0, 0, 1]
    expected = "classes are missing" if collapse == "two classes" else "diversity collapsed"
    assert told[1][0].startswith(expected)
    assert "; try" in told[1][0] or ", or try" in told[1][0]


def test_missing_classes_are_named(digits: tuple[Tensor, Tensor]) -> None:
    x, y = digits
    for kept in itertools.combinations(range(10), 2):
        health, few = watch(MNIST(source="embedded")), x[(y == kept[0]) | (y == kept[1])][:LOOKS]
        assert health.look(500, few, None) == []
        (warning,) = health.look(1000, few, None)
        named = set(warning.split("class")[-1].split(";")[0].removeprefix("es ").split(", "))
        assert named <= {str(it) for it in range(10)} - {str(it) for it in kept}


@pytest.mark.parametrize("modes", [[0], [3]])
def test_one_mode_of_the_ring_is_too_few(modes: list[int]) -> None:
    points, samples = Ring(), []
    nearest = torch.cdist(points.points, points.modes).argmin(1)
    samples = points.points[torch.isin(nearest, torch.tensor(modes))][:2500]
    health = watch(points)
    assert health.look(500, samples, None) == []
    assert health.look(1000, samples, None)[0].startswith("diversity collapsed")


def test_two_modes_of_a_grid_are_far_apart_and_yet_too_few() -> None:
    grid = Grid()
    nearest = torch.cdist(grid.points, grid.modes).argmin(1)
    samples = grid.points[(nearest == 0) | (nearest == 24)][:2500]
    health = watch(grid)
    assert health.look(500, samples, None) == []
    assert "no sample near it" in health.look(1000, samples, None)[0]


def test_the_classes_of_a_conditional_model_are_looked_at_one_by_one(digits: tuple[Tensor, Tensor]) -> None:
    x, y = (it[:LOOKS].clone() for it in digits)
    for collapsed in (3, 7):
        x[y == collapsed] = x[y == collapsed][:1]
    health = Health(None, lambda: digits, class_names=["zero", "one", "two", "three", *"456", "seven", *"89"])
    assert health.look(500, x, y) == []
    assert "the samples of classes three, seven are hardly apart" in health.look(1000, x, y)[0]


@pytest.mark.parametrize("name", DATASETS)
def test_the_data_itself_is_healthy(name: str) -> None:
    dataset = DATASETS[name]()
    health, n = watch(dataset), LOOKS if dataset.spec.is_image else 2500
    for seed in range(1, 30):
        x, *y = draw(dataset, n, seed)
        assert health.look(seed, x, None) == []
        assert health.look(seed, x, y[0] if y else None) == []


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_reference_the_data_itself_is_healthy(seed: int) -> None:
    dataset = MNIST(source="embedded")
    x, y = draw(dataset, LOOKS, seed + 100)
    for labels in (None, y):
        health = watch(dataset, seed)
        assert [health.look(step, x, labels) for step in range(3)] == [[], [], []]


class Relativistic(AdversarialLoss):
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(fake_logits - real_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()


# A loss, the logits for data and for samples of a discriminator that has won, and of one that is good.
WON = [
    (losses.Minimax(), (8, -8), (2, -2)),
    (losses.NonSaturating(), (8, -8), (2, -2)),
    (losses.NonSaturating(label_smoothing=0.1), (2.2, -8), (2, -2)),
    (losses.LeastSquares(), (1, 0), (0.8, 0.2)),
    (losses.LeastSquares(label_smoothing=0.1), (0.9, 0), (0.7, 0.2)),
    (losses.Hinge(), (1, -1), (0.9, -0.9)),
    (Relativistic(), (4, -4), (1, -1)),
]


def scores(loss: AdversarialLoss, logits: tuple[float, float]) -> dict[str, float]:
    real, fake = (torch.full((4,), float(it)) for it in logits)
    return {"discriminator": float(loss.discriminator(real, fake))}


@pytest.mark.parametrize(("loss", "won", "good"), WON)
def test_a_discriminator_that_has_won_for_500_steps_is_told_of(
    loss: AdversarialLoss, won: tuple[float, float], good: tuple[float, float]
) -> None:
    health = Health(loss, lambda: ())
    moment = {300: good}  # one moment of doubt, and it has not won
    told = {
        step: said
        for step in range(10, 2000, 10)
        if (said := health.after_step(step, scores(loss, moment.get(step, won)), 1.0))
    }
    assert list(told) == [810]
    assert told[810][0].startswith("discriminator saturated")
    assert [health.after_step(step, scores(loss, good), 1.0) for step in range(2000, 4000, 10)] == [[]] * 200


def test_a_critic_without_bounds_cannot_win() -> None:
    health = Health(losses.Wasserstein(), lambda: ())
    assert not any(health.after_step(step, {"discriminator": -1e3 * step}, 1.0) for step in range(0, 2000, 10))


def test_a_model_with_neither_loss_is_watched_as_far_as_can_be() -> None:
    assert not any(Health(None, lambda: ()).after_step(step, {"critic": 0.0}, 1.0) for step in range(0, 2000, 10))


def won_game(loss: AdversarialLoss) -> list[str]:
    """The warnings of 1,500 steps in which the discriminator learns and the generator is almost too slow to move."""
    torch.manual_seed(0)
    game = VanillaGAN(DataSpec((2,)), MLP(generator_hidden=(16,), discriminator_hidden=(32,)), loss, {}, LatentPrior(4))
    steps = train(
        game,
        batches(Ring(radius=5.0), 64, seed=0, device=torch.device("cpu")),
        Adam(game.discriminator.parameters(), 2e-2),
        SGD(game.generator.parameters(), 1e-6),
    )
    health, said = Health(loss, lambda: ()), []
    for step, found in enumerate(itertools.islice(steps, 1500), 1):
        if step % 10 == 0:
            norm = get_total_norm([it.grad for it in game.generator.parameters() if it.grad is not None])
            said += health.after_step(step, {name: float(it) for name, it in found.items()}, float(norm))
    return said


def test_the_minimax_loss_saturates_and_the_other_one_does_not() -> None:
    """Goodfellow et al. (2014), section 3: against a discriminator that has won, only one loss has a gradient."""
    minimax, other = won_game(losses.Minimax()), won_game(losses.NonSaturating())
    assert [it.partition(":")[0] for it in minimax] == ["discriminator saturated", "the generator's gradient is gone"]
    assert [it.partition(":")[0] for it in other] == ["discriminator saturated"]


def test_a_training_that_goes_on_from_its_state_says_the_same(digits: tuple[Tensor, Tensor]) -> None:
    x, y = digits
    looks = [x[:LOOKS], x[LOOKS : 2 * LOOKS], *(it(x, y) for it in COLLAPSES.values())]
    loss, rng = losses.Hinge(), random.Random(0)

    def new() -> Health:
        return Health(loss, lambda: (x[:REFERENCE], y[:REFERENCE]))

    whole, killed, said = new(), new(), []
    value, norm, samples = 0.0, 1.0, looks[0]
    for step in range(0, 6000, 50):
        if rng.random() < 0.1:
            value, norm, samples = rng.choice([0.0, 1.0]), rng.choice([1.0, 0.0]), rng.choice(looks)
        resumed = new()
        resumed.restore(json.loads(json.dumps(killed.state())))
        killed = resumed
        after, again = (it.after_step(step, {"discriminator": value}, norm) for it in (whole, killed))
        seen, seen_again = (it.look(step, samples, None) for it in (whole, killed))
        assert (after, seen) == (again, seen_again)
        said += [*after, *seen]
    assert len({it.partition(":")[0] for it in said}) == 4


@pytest.mark.parametrize("state", [{"gradients": "x"}, {"symptoms": {"dead": {"since": 3}}}])
def test_a_state_that_is_none_is_refused(state: dict[str, object]) -> None:
    health = Health(None, lambda: ())
    health.restore({})
    with pytest.raises(CheckpointError, match="health is wrong: "):
        health.restore(state)


class Noisy(losses.Hinge):
    calls = 0

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        self.calls += 1
        return super().discriminator(real_logits + 0.1 * torch.randn_like(real_logits), fake_logits)


def test_watching_does_not_disturb_training(digits: tuple[Tensor, Tensor]) -> None:
    before, loss = torch.get_rng_state(), Noisy()
    Health(loss, lambda: digits).look(500, digits[0][:LOOKS], None)
    assert torch.get_rng_state().equal(before)
    assert loss.calls == 0
