"""The test before every step of an optimizer, waited for and deferred."""

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from gancli.errors import DivergedError
from gancli.training.algorithm import descend
from gancli.training.finite import FiniteCheck

FUSED = [Adam, AdamW, SGD]


def losses(weight: Tensor, step: int, how: str) -> dict[str, Tensor]:
    """Losses of which one is broken at step 3."""
    broken = {"loss": weight.sum() * torch.nan, "gradient": weight.sum() + (weight * 0).sqrt().sum()}
    return {"fine": weight.square().sum(), "other": broken[how] if step == 3 else weight.sum()}


def optimizer_of(weight: nn.Parameter, factory: type[Optimizer]) -> Optimizer:
    return factory([weight], lr=0.1, fused=True, **({"momentum": 0.9} if factory is SGD else {}))  # type: ignore[call-arg]


@pytest.mark.parametrize("how", ["loss", "gradient"])
@pytest.mark.parametrize("factory", FUSED)
def test_from_the_first_broken_step_on_nothing_moves(factory: type[Optimizer], how: str) -> None:
    weights = [nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))]
    optimizers = [optimizer_of(weight, factory) for weight in weights]
    check, seen = FiniteCheck(deferred=True), []
    for step in range(1, 6):
        check.step = step
        for player, (weight, optimizer) in enumerate(zip(weights, optimizers, strict=True)):
            descend(optimizer, losses(weight, step if player == 0 else 0, how), check=check)
        seen.append([weight.detach().clone() for weight in weights])
    assert not torch.equal(seen[1][0], seen[0][0])
    assert not torch.equal(seen[1][1], seen[0][1])
    for later in seen[2:]:
        assert torch.equal(torch.stack(later), torch.stack(seen[1]))
    for optimizer in optimizers:
        for state in optimizer.state.values():
            assert all(tensor.isfinite().all() for tensor in state.values())
    with pytest.raises(DivergedError) as raised:
        check.raise_first()
    assert raised.value.step == 3
    assert str(raised.value) == (
        "the loss 'other' is nan" if how == "loss" else "the gradient of fine + other is not finite"
    )


@pytest.mark.parametrize("factory", FUSED)
def test_finite_steps_are_the_same_to_the_bit(factory: type[Optimizer]) -> None:
    found = []
    for deferred in (False, True):
        weight, check = nn.Parameter(torch.ones(3)), FiniteCheck(deferred=deferred)
        optimizer = optimizer_of(weight, factory)
        for _ in range(5):
            descend(optimizer, losses(weight, 0, "loss"), check=check)
        check.raise_first()
        found.append([weight.detach(), *next(iter(optimizer.state.values())).values()])
    for one, other in zip(*found, strict=True):
        assert torch.equal(one, other)


def test_an_optimizer_without_a_fused_kernel_is_waited_for() -> None:
    weight, check = nn.Parameter(torch.ones(3)), FiniteCheck(deferred=True)
    optimizer = RMSprop([weight])
    with pytest.raises(DivergedError, match="'other' is nan"):
        descend(optimizer, losses(weight, 3, "loss"), check=check)
    assert torch.equal(weight, torch.ones(3))
