"""Algorithm 1's order, and what one step may and may not touch."""

import itertools

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam

from gancli.architectures import MLP
from gancli.data import DataSpec
from gancli.errors import DivergedError
from gancli.losses import NonSaturating
from gancli.models import LatentPrior, VanillaGAN
from gancli.training.algorithm import descend, train


class RecordingGame:
    """Each player minimises the square of its one weight; a step of 0.1 makes it 0.8 of what it was."""

    def __init__(self) -> None:
        self.discriminator, self.generator = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
        self.calls: list[tuple[str, int, float, float]] = []

    def discriminator_losses(self, batch: int) -> dict[str, Tensor]:
        self.calls.append(("D", batch, self.discriminator.item(), self.generator.item()))
        return {"discriminator": self.discriminator.square().sum()}

    def generator_losses(self, batch: int) -> dict[str, Tensor]:
        self.calls.append(("G", batch, self.discriminator.item(), self.generator.item()))
        return {"generator": self.generator.square().sum()}


@pytest.mark.parametrize("k", [1, 3])
def test_k_discriminator_steps_on_fresh_batches_then_one_generator_step_on_the_last(k: int) -> None:
    game = RecordingGame()
    loop = train(game, itertools.count(), SGD([game.discriminator], 0.1), SGD([game.generator], 0.1), k=k)
    losses = list(itertools.islice(loop, 2))

    order = [(player, batch) for player, batch, _, _ in game.calls]
    first = [("D", n) for n in range(k)] + [("G", k - 1)]
    assert order == first + [(player, k + n) for player, n in first]
    # Each step has been taken before the next loss is computed.
    powers = [(n, 0) for n in range(k + 1)] + [(k + n, 1) for n in range(k + 1)]
    expected = torch.tensor([(0.8**d, 0.8**g) for d, g in powers])
    torch.testing.assert_close(torch.tensor([call[2:] for call in game.calls]), expected)
    # What is yielded is the last discriminator step's loss, and no graph.
    assert losses[0]["discriminator"].item() == pytest.approx(0.8 ** (2 * (k - 1)))
    assert list(losses[0]) == ["discriminator", "generator"]
    assert not any(loss.requires_grad for loss in losses[0].values())


def test_no_batch_is_drawn_that_no_step_uses() -> None:
    game, batches = RecordingGame(), iter(range(6))
    loop = train(game, batches, SGD([game.discriminator], 0.1), SGD([game.generator], 0.1), k=2)
    next(loop)
    assert next(batches) == 2


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_the_idle_player_moves_neither_weights_nor_gradients(player: str) -> None:
    gan = VanillaGAN(
        DataSpec((2,)),
        MLP(generator_hidden=(8,), discriminator_hidden=(8,)),
        NonSaturating(),
        {},
        {},
        None,
        LatentPrior(3),
    )
    active = getattr(gan, player)
    idle = gan.generator if player == "discriminator" else gan.discriminator
    for parameter in idle.parameters():
        parameter.grad = torch.full_like(parameter, 7.0)
    before = [parameter.detach().clone() for parameter in [*idle.parameters(), *active.parameters()]]

    descend(Adam(active.parameters()), getattr(gan, f"{player}_losses")((torch.randn(16, 2),)))

    after = [*idle.parameters(), *active.parameters()]
    frozen = len(list(idle.parameters()))
    assert all(torch.equal(old, new) for old, new in zip(before[:frozen], after[:frozen], strict=True))
    assert all((parameter.grad == 7).all() for parameter in idle.parameters())
    assert not any(torch.equal(old, new) for old, new in zip(before[frozen:], after[frozen:], strict=True))


def test_a_step_descends_the_sum_of_all_named_losses() -> None:
    weight = nn.Parameter(torch.tensor([2.0]))
    losses = descend(SGD([weight], 0.5), {"square": weight.square().sum(), "line": 3 * weight.sum()})
    assert weight.item() == 2 - 0.5 * (2 * 2 + 3)
    assert {name: loss.item() for name, loss in losses.items()} == {"square": 4.0, "line": 6.0}


def test_gradients_of_the_last_step_are_not_added() -> None:
    weight = nn.Parameter(torch.tensor([0.0]))
    optimizer = SGD([weight], 1.0)
    for _ in range(2):
        descend(optimizer, {"line": weight.sum()})
    assert weight.item() == -2


@pytest.mark.parametrize("broken", [float("inf"), float("nan"), float("-inf")])
def test_a_loss_that_is_not_finite_is_named_before_the_optimizer_steps(broken: float) -> None:
    weight = nn.Parameter(torch.ones(3))
    optimizer = Adam([weight])
    with pytest.raises(DivergedError, match=f"'broken' is {broken}"):
        descend(optimizer, {"fine": weight.sum(), "broken": weight.sum() * broken})
    assert torch.equal(weight, torch.ones(3))
    assert not optimizer.state


def test_opposite_infinities_do_not_cancel() -> None:
    weight = nn.Parameter(torch.ones(1))
    with pytest.raises(DivergedError, match="'up' is inf"):
        descend(SGD([weight], 0.1), {"up": weight.sum() * torch.inf, "down": weight.sum() * -torch.inf})
    assert weight.item() == 1


def test_a_gradient_that_is_not_finite_stops_a_finite_loss() -> None:
    weight = nn.Parameter(torch.zeros(2))  # the square root's slope at 0 is infinite
    optimizer = Adam([weight])
    with pytest.raises(DivergedError, match=r"gradient of root \+ fine is not finite"):
        descend(optimizer, {"root": weight.sqrt().sum(), "fine": weight.sum()})
    assert torch.equal(weight, torch.zeros(2))
    assert not optimizer.state
