"""A discriminator that has won, and a generator without a gradient, are reported; a good game is not."""

import itertools
import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus
from torch.nn.utils import get_total_norm
from torch.optim import SGD, Adam

from gancli import AdversarialLoss, DataSpec, losses
from gancli.architectures import MLP
from gancli.data import Ring, batches
from gancli.models import LatentPrior, VanillaGAN
from gancli.monitoring import TrainingMonitor
from gancli.monitoring.saturation import discriminator_range
from gancli.training.algorithm import train


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
    real, fake = (torch.full((4,), float(logit)) for logit in logits)
    return {"discriminator": float(loss.discriminator(real, fake))}


@pytest.mark.parametrize(("loss", "won", "good"), WON)
def test_a_discriminator_that_has_won_most_of_500_steps_is_reported_once(
    loss: AdversarialLoss, won: tuple[float, float], good: tuple[float, float]
) -> None:
    monitor = TrainingMonitor(loss, lambda: ())
    moments = dict.fromkeys(range(30, 2000, 30), good)  # of doubt, at every third logged step
    reported = {
        step: said
        for step in range(10, 2000, 10)
        if (said := monitor.after_step(step, scores(loss, moments.get(step, won)), 1.0))
    }
    assert list(reported) == [460]
    assert reported[460][0].startswith("discriminator saturated: at 31 of the last 46 logged steps")
    assert [monitor.after_step(step, scores(loss, good), 1.0) for step in range(2000, 4000, 10)] == [[]] * 200


def test_a_critic_without_bounds_cannot_win() -> None:
    monitor = TrainingMonitor(losses.Wasserstein(), lambda: ())
    assert not any(monitor.after_step(step, {"discriminator": -1e3 * step}, 1.0) for step in range(0, 2000, 10))


def test_a_model_with_neither_loss_is_monitored_as_far_as_possible() -> None:
    assert not any(
        TrainingMonitor(None, lambda: ()).after_step(step, {"critic": 0.0}, 1.0) for step in range(0, 2000, 10)
    )


def won_game(loss: AdversarialLoss) -> list[str]:
    """The warnings of 600 steps against a discriminator that had won before the first of them."""
    torch.manual_seed(0)
    game = VanillaGAN(
        DataSpec((2,)), MLP(generator_hidden=(16,), discriminator_hidden=(16,)), loss, {}, {}, None, LatentPrior(4)
    )
    steps = train(
        game,
        batches(Ring(radius=5.0), 16, seed=0, device=torch.device("cpu")),
        Adam(game.discriminator.parameters(), 2e-2),
        SGD(game.generator.parameters(), 1e-6),
    )
    next(itertools.islice(steps, 99, None))
    with torch.no_grad():
        for parameter in list(game.discriminator.parameters())[-2:]:
            parameter *= 50  # of the last layer: every logit
    monitor, said = TrainingMonitor(loss, lambda: ()), []
    for step, found in enumerate(itertools.islice(steps, 600), 1):
        if step % 10 == 0:
            norm = get_total_norm(
                [parameter.grad for parameter in game.generator.parameters() if parameter.grad is not None]
            )
            said += monitor.after_step(step, {name: float(loss) for name, loss in found.items()}, float(norm))
    return said


def test_the_minimax_loss_saturates_and_the_other_one_does_not() -> None:
    """Goodfellow et al. (2014), section 3: against a discriminator that has won, only one loss has a gradient."""
    minimax, other = won_game(losses.Minimax()), won_game(losses.NonSaturating())
    assert [warning.partition(":")[0] for warning in minimax] == [
        "the generator's gradient has vanished",
        "discriminator saturated",
    ]
    assert [warning.partition(":")[0] for warning in other] == ["discriminator saturated"]


@pytest.mark.parametrize(
    ("before", "norm", "reported"), [([1.0] * 3, 9e-5, [460]), ([1.0] * 3, 2e-4, []), ([1e9] * 2, 1.0, [])]
)
def test_a_gradient_is_compared_with_what_it_was_and_not_with_a_spike(
    before: list[float], norm: float, reported: list[int]
) -> None:
    monitor, norms = TrainingMonitor(None, lambda: ()), [*before, *[norm] * 100]
    assert [
        step for step, norm in zip(range(10, 2000, 10), norms, strict=False) if monitor.after_step(step, {}, norm)
    ] == reported


@pytest.mark.parametrize(
    ("loss", "least", "undecided"),
    [
        (losses.NonSaturating(), 0.0, 2 * math.log(2)),
        (losses.NonSaturating(label_smoothing=0.1), -0.9 * math.log(0.9) - 0.1 * math.log(0.1), 2 * math.log(2)),
        (losses.LeastSquares(), 0.0, 0.5),
        (losses.Hinge(), 0.0, 2.0),
        (Relativistic(), 0.0, math.log(2)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, AdversarialLoss) else None,
)
def test_the_range_of_a_loss_is_found_and_the_random_numbers_and_threads_are_left(
    loss: AdversarialLoss, least: float, undecided: float
) -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    assert discriminator_range(loss) == pytest.approx((least, undecided), abs=1e-3)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_num_threads() == threads
