"""The modules and tensors of a network, in every step."""

import copy

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from gancli.modules import modules, tensors


def network() -> nn.Module:
    """One with a shared layer, a shared weight, an empty part, no bias in one layer, buffers and a parametrization."""
    shared = nn.Linear(2, 2, bias=False)
    tied = nn.Linear(2, 2)
    tied.weight = shared.weight
    made = nn.Sequential(shared, nn.BatchNorm1d(2), nn.Sequential(), shared, tied, spectral_norm(nn.Linear(2, 2)))
    made.register_module("absent", None)
    return made


def test_each_module_and_tensor_is_found_once() -> None:
    torch.manual_seed(0)
    made = network()
    found = [*map(id, modules(made))], [*map(id, tensors(made))]
    assert sorted(found[0]) == sorted(map(id, made.modules()))
    assert sorted(found[1]) == sorted(map(id, (*made.parameters(), *made.buffers())))


def test_a_copy_has_them_in_the_same_order() -> None:
    torch.manual_seed(0)
    made = network()
    other = copy.deepcopy(made)
    names = [{id(module): name for name, module in each.named_modules()} for each in (made, other)]
    assert [names[0][id(module)] for module in modules(made)] == [names[1][id(module)] for module in modules(other)]
    for one, two in zip(tensors(made), tensors(other), strict=True):
        assert torch.equal(one, two)
