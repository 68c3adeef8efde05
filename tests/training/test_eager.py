"""Optimizers of torch that do not import its compiler do what torch's own do."""

import copy
import inspect
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gancli import registry
from gancli.training.eager import eager

KINDS = registry.torch_optimizers()


def trained(optimizer: Optimizer, network: nn.Module) -> list[Tensor]:
    torch.manual_seed(1)
    for _ in range(4):
        optimizer.zero_grad()
        network(torch.randn(8, 3)).square().sum().backward()
        optimizer.step()
    state = optimizer.state_dict()["state"]
    numbers = [torch.as_tensor(value) for _, values in sorted(state.items()) for _, value in sorted(values.items())]
    return [*network.parameters(), *numbers]


@pytest.mark.parametrize("name", KINDS)
def test_its_steps_are_the_same_to_the_bit(name: str) -> None:
    one = nn.Linear(3, 2, bias=name != "muon")  # which takes matrices alone
    other = copy.deepcopy(one)
    usual = trained(KINDS[name](one.parameters(), lr=0.1), one)
    ours = trained(eager(KINDS[name](other.parameters(), lr=0.1)), other)
    assert all(a.equal(b) for a, b in zip(usual, ours, strict=True))


def test_hooks_are_called_and_the_gradient_mode_is_left_as_it_was() -> None:
    network = nn.Linear(3, 2)
    optimizer = eager(torch.optim.Adam(network.parameters()))
    seen: list[object] = []
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append(torch.is_grad_enabled()))
    trained(optimizer, network)
    assert seen == ["before", True] * 4


def test_a_copy_moves_its_own_weights() -> None:
    network = nn.Linear(3, 2)
    optimizer = eager(torch.optim.Adam(network.parameters(), lr=1.0))
    before = [parameter.detach().clone() for parameter in network.parameters()]
    both: tuple[nn.Module, Optimizer] = copy.deepcopy((network, optimizer))
    trained(both[1], both[0])
    assert all(parameter.equal(old) for parameter, old in zip(network.parameters(), before, strict=True))


def test_a_schedule_of_torch_goes_with_it() -> None:
    network = nn.Linear(3, 2)
    optimizer = eager(torch.optim.SGD(network.parameters(), lr=1.0))
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    trained(optimizer, network)
    schedule.step()
    assert optimizer.param_groups[0]["lr"] == 0.5


class Own(torch.optim.SGD):
    """One of a third party."""


@pytest.mark.parametrize(("kind", "options"), [(Own, {}), (torch.optim.SGD, {"differentiable": True})])
def test_what_is_not_torchs_or_is_differentiable_is_left_alone(kind: Any, options: dict[str, Any]) -> None:
    made = eager(kind(nn.Linear(3, 2).parameters(), lr=0.1, **options))
    assert "step" not in vars(made)
    assert inspect.ismethod(made.step)
