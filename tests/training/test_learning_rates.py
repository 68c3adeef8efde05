"""Learning rates on the device: the optimizers have them inside, and are as before outside."""

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from gancli.training.learning_rates import LearningRates


@pytest.mark.parametrize("factory", [Adam, SGD])
def test_a_step_reads_the_present_rate_and_the_optimizer_stays_as_it_was(factory: type[Optimizer]) -> None:
    found = []
    for is_on_device in (True, False):
        weight = nn.Parameter(torch.ones(3))
        optimizer = factory([weight], lr=0.3, fused=True)  # type: ignore[call-arg]
        rates, places = LearningRates([optimizer], torch.device("cpu")), set()
        for lr in (0.3, 0.1, 0.7):
            optimizer.param_groups[0]["lr"] = lr
            weight.grad = torch.tensor([1.0, -2.0, 0.5])
            before = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
            if is_on_device:
                with rates.on_device():
                    inside = optimizer.param_groups[0]["lr"]
                    assert isinstance(inside, Tensor)
                    places.add(inside.data_ptr())
                    optimizer.step()
                assert {key: optimizer.param_groups[0][key] for key in before} == before
                assert len(places) == 1
            else:
                optimizer.step()
        found.append(weight.detach())
    assert torch.equal(*found)


def test_an_error_inside_leaves_the_optimizer_as_it_was() -> None:
    optimizer = Adam([nn.Parameter(torch.ones(3))], lr=0.3)
    rates = LearningRates([optimizer], torch.device("cpu"))
    with pytest.raises(ZeroDivisionError), rates.on_device():
        raise ZeroDivisionError
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["capturable"]) == (0.3, False)
