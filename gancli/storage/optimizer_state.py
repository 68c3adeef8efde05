"""The state of an optimizer as named tensors, and back, checked before a step could trust it."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from gancli.errors import CheckpointError


def flatten_optimizer(optimizer: Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimizer's state as named tensors, and its values that are not tensors; its settings belong to the recipe."""
    tensors: dict[str, Tensor] = {}
    scalars: dict[str, Any] = {}
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            (tensors if isinstance(value, Tensor) else scalars)[f"{index}.{key}"] = value
    return tensors, scalars


def restore_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor], scalars: Mapping[str, Any]) -> None:
    """Restore what ``flatten_optimizer`` returned; raises CheckpointError for the state of another optimizer."""
    found, expected = {**tensors, **scalars}, _first_state(optimizer)
    _check_complete(found, expected)
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, value in found.items():
        _check_form(name, value, expected)
        index, _, key = name.partition(".")
        parameter = parameters[int(index)]
        if isinstance(value, Tensor) and value.shape == parameter.shape:
            # In the parameter's memory format: a fused step pairs the two by their place in memory.
            value = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
        state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _check_complete(found: dict[str, Any], expected: dict[str, Any]) -> None:
    indices = {name.partition(".")[0] for name in found}
    for name in expected.keys() - found.keys():
        if name.partition(".")[0] in indices:  # a parameter that was never trained has no state
            raise CheckpointError(f"it lacks the optimizer state {name!r}")


def _check_form(name: str, value: Any, expected: dict[str, Any]) -> None:
    if name not in expected:
        raise CheckpointError(f"it has the optimizer state {name!r}, which belongs to no parameter")
    # A fused step takes the shape for granted, and writes behind the end of a state that is smaller.
    if form(value) != form(expected[name]):
        shapes = f"{form(value)}, expected {form(expected[name])}"
        raise CheckpointError(f"it has the optimizer state {name!r} {shapes}")


def _first_state(optimizer: Optimizer) -> dict[str, Any]:
    """The state that an optimizer has after a step, under the names of ``flatten_optimizer``."""
    trial = _copy(optimizer)
    for group in trial.param_groups:
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    trial.step()
    tensors, scalars = flatten_optimizer(trial)
    return {**tensors, **scalars}


def _copy(optimizer: Optimizer) -> Optimizer:
    """A copy with all attributes of a third party's class; torch itself copies only those that every optimizer has."""
    copies: dict[int, Any] = {}
    made = copy.deepcopy(optimizer, copies)
    for name in vars(optimizer).keys() - vars(made).keys():
        setattr(made, name, copy.deepcopy(getattr(optimizer, name), copies))
    return made


def form(value: object) -> str:
    """The type and shape of a tensor, as ``float32[3, 4]``; the type of anything else."""
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    return type(value).__name__
