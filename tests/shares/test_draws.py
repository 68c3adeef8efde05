"""Random numbers of a share are rows of those that are drawn for the whole minibatch."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from gancli.shares.draws import WholeDraws

Draw = Callable[[int], Tensor]  # for so many rows
DRAWS: dict[str, Draw] = {
    "rand": lambda n: torch.rand(n, 3),
    "rand, of a list": lambda n: torch.rand([n, 3]),
    "randn": lambda n: torch.randn(n, 1, 5, 4),
    "randint": lambda n: torch.randint(2, 9, (n, 1)),
    "rand_like": lambda n: torch.rand_like(torch.ones(n, 2)),
    "randn_like": lambda n: torch.randn_like(torch.ones(n, 20)),
    "normal_": lambda n: torch.empty(n).normal_(std=0.2),
    "uniform_": lambda n: torch.empty(n, 2).uniform_(-1, 1),
    "random_": lambda n: torch.empty(n).random_(4),
    "bernoulli": lambda n: torch.bernoulli(torch.full((n, 7), 0.3)),
    "multinomial": lambda n: torch.multinomial(torch.ones(n, 5), 2),
    "dropout": lambda n: dropout(torch.ones(n, 30), 0.5),
    "dropout of channels_last": lambda n: dropout(torch.ones(n, 3, 4, 5).to(memory_format=torch.channels_last), 0.5),
    "a layer": lambda n: nn.Dropout2d(0.5)(torch.ones(n, 9, 2, 2)),
    "a generator": lambda n: torch.rand(n, generator=torch.Generator().manual_seed(5)),
}


@pytest.mark.parametrize("whole", [12, 7])
@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS.keys())
def test_shares_are_the_rows_of_the_whole(draw: Draw, whole: int) -> None:
    torch.manual_seed(1)
    expected, after = draw(whole), torch.rand(())
    for index in range(3):
        torch.manual_seed(1)
        with WholeDraws(index, 3, whole):
            found = draw(len(range(index, whole, 3)))
        assert torch.equal(found, expected[index::3])
        assert torch.rand(()) == after  # as many numbers were drawn


def test_real_and_fake_samples_may_come_together() -> None:
    torch.manual_seed(1)
    real, fake = torch.rand(14, 2).chunk(2)
    torch.manual_seed(1)
    with WholeDraws(1, 3, 7):
        found = torch.rand(2 * 2, 2)
    assert torch.equal(found, torch.cat([real[1::3], fake[1::3]]))


@pytest.mark.parametrize("draw", [lambda: torch.rand(()), lambda: torch.randn(5, 4), lambda: torch.randperm(4)])
def test_numbers_of_no_row_are_the_same_in_every_share(draw: Callable[[], Tensor]) -> None:
    torch.manual_seed(1)
    expected = draw()
    for index in range(2):
        torch.manual_seed(1)
        with WholeDraws(index, 2, 8):
            assert torch.equal(draw(), expected)


def test_gradients_pass_through_dropout() -> None:
    x = torch.ones(6, 8, requires_grad=True)
    torch.manual_seed(1)
    (expected,) = torch.autograd.grad(dropout(x, 0.5).sum(), x)
    share = torch.ones(3, 8, requires_grad=True)
    torch.manual_seed(1)
    with WholeDraws(1, 2, 6):
        dropped = dropout(share, 0.5).sum()
    (found,) = torch.autograd.grad(dropped, share)
    assert torch.equal(found, expected[1::2])
