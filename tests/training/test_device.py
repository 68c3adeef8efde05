"""Where a model lies, and the average of its generator."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from gancli.training.device import Average, autocast, place


def test_weights_of_five_dimensions_are_placed_too() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv3d(2, 3, 3))
    before = [parameter.clone() for parameter in network.parameters()]
    place(network, torch.device("cpu"))
    for parameter, value in zip(network.parameters(), before, strict=True):
        assert torch.equal(parameter, value)
    assert next(network.parameters()).is_contiguous(memory_format=torch.channels_last)


def averages(*, warmup: bool, decay: float = 0.9) -> list[float]:
    """The average of a weight that is 0 at first and then 1, after each of five updates."""
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = Average(network, decay, warmup=warmup)
    average.update_parameters(network)  # the first one copies
    nn.init.ones_(network.weight)
    found = []
    for _ in range(5):
        average.update_parameters(network)
        found.append(average.module.weight.item())
    return found


def test_the_decay_of_the_average_grows_towards_its_value() -> None:
    expected, value = [], 0.0
    for n in range(1, 6):
        decay = min(0.9, (1 + n) / (10 + n))
        value = decay * value + (1 - decay)
        expected.append(value)
    assert averages(warmup=True) == pytest.approx(expected)


def test_without_warm_up_the_decay_is_the_same_from_the_start() -> None:
    assert averages(warmup=False) == pytest.approx([1 - 0.9**n for n in range(1, 6)])


def test_the_vectors_of_spectral_norm_keep_their_length_in_the_average() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(spectral_norm(nn.Linear(6, 5)), spectral_norm(nn.Conv2d(2, 3, 3)))
    average = Average(network, 0.9)
    for _ in range(20):
        for parameter in network.parameters():
            nn.init.normal_(parameter.data)
        network[0](torch.zeros(1, 6))
        network[1](torch.zeros(1, 2, 3, 3))
        average.update_parameters(network)
    vectors = {name: tensor for name, tensor in average.module.named_buffers() if name.endswith(("._u", "._v"))}
    assert len(vectors) == 4
    for name, vector in vectors.items():
        assert vector.norm().item() == pytest.approx(1, abs=1e-5), name


def test_the_average_follows_tensors_and_modules_that_are_replaced() -> None:
    network = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    average = Average(network, 0.9, warmup=False)
    average.update_parameters(network)
    before = {name: value.clone() for name, value in average.module.state_dict().items()}
    network[0] = nn.Linear(1, 1)
    network[0].weight = nn.Parameter(torch.full((1, 1), 10.0))
    network[1].running_mean = torch.full((1,), 10.0)
    average.update_parameters(network)
    after, current = average.module.state_dict(), network.state_dict()
    for name in ("0.weight", "0.bias", "1.running_mean"):
        torch.testing.assert_close(after[name], 0.9 * before[name] + 0.1 * current[name])


def test_a_weight_that_two_layers_share_moves_once_in_the_average() -> None:
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    second.weight = first.weight
    network = nn.Sequential(first, second)
    nn.init.zeros_(first.weight)
    average = Average(network, 0.9, warmup=False)
    average.update_parameters(network)
    nn.init.ones_(first.weight)
    average.update_parameters(network)
    assert [value.item() for value in average.module.state_dict().values()] == pytest.approx([0.1, 0.1])


def test_losses_are_computed_in_the_precision_that_is_asked_for() -> None:
    layer, x = nn.Linear(2, 2), torch.ones(1, 2)
    for precision, dtype in {"fp32": torch.float32, "bf16": torch.bfloat16}.items():
        context = autocast(torch.device("cpu"), precision)
        for _ in range(2):  # it is entered many times
            with context:
                assert layer(x).dtype == dtype
        assert layer(x).dtype == torch.float32
