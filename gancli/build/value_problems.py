"""What is wrong with a value that a component returns, in words; empty if nothing is."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

TOLERANCE = 1e-3  # of the bounds of an image


def scalar_problem(value: Any, arguments: tuple[Any, ...] = ()) -> str:
    """The difference between a value and a loss: one finite number, as a tensor with a gradient."""
    if not isinstance(value, Tensor):
        return f"{type(value).__name__} {str(value)[:40]!r}; return a tensor"
    if value.ndim:
        return f"a tensor of shape {tuple(value.shape)}; take its mean"
    if not value.is_floating_point():
        return f"a tensor of type {type_name(value.dtype)}"
    if not value.isfinite():
        return f"{value.item()} for finite values, in the first step"
    if torch.is_grad_enabled() and not value.requires_grad:
        return "a tensor without a gradient; do not detach it, nor compute it under no_grad"
    return ""


def losses_problem(value: Any, arguments: tuple[Any, ...] = ()) -> str:
    """The difference between a value and named losses."""
    if not isinstance(value, Mapping) or not value:
        return f"{type(value).__name__} {'' if isinstance(value, Tensor) else str(value)[:40]}".strip()
    for name, loss in value.items():
        if not isinstance(name, str):
            return f"the name {name!r}"
        if problem := scalar_problem(loss):
            return f"{name}: {problem}"
    return ""


def logits_problem(value: Any, n: int) -> str:
    """The difference between a value and the logits of ``n`` samples."""
    if not isinstance(value, Tensor):
        return type(value).__name__
    shape = tuple(value.shape)
    is_one, is_map = shape == (n,), len(shape) == 4 and shape[:2] == (n, 1)
    if not (is_one or is_map or (len(shape) == 2 and shape[0] == n and shape[1] > 1)):
        return f"shape {shape} for N = {n}" + "; end with squeeze(1)" * (shape == (n, 1))
    return "" if value.isfinite().all() else "logits that are not finite"


def same_form_problem(value: Any, arguments: tuple[Any, ...]) -> str:
    """The difference between augmented samples and the samples."""
    (x,) = arguments
    if not isinstance(value, Tensor):
        return type(value).__name__
    if value.shape != x.shape or value.dtype != x.dtype:
        return f"{_form(value)} for {_form(x)}"
    if torch.is_grad_enabled() and x.requires_grad and not _passes_gradients(value, x):
        return "samples that the generator gets no gradient through; use differentiable operations of torch"
    return "" if value.isfinite().all() else "numbers that are not finite"


def _passes_gradients(value: Tensor, x: Tensor) -> bool:
    if not value.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(value.square().sum(), x, retain_graph=True, allow_unused=True)
    return gradient is not None and bool(gradient.any())


def is_out_of_bounds(images: Tensor) -> bool:
    """Whether images are not in [-1, 1]."""
    return bool(images.abs().max() > 1 + TOLERANCE)


def network_problem(value: Any, arguments: tuple[Any, ...]) -> str:
    """The difference between a value and a network."""
    if not isinstance(value, nn.Module):
        return type(value).__name__
    return "" if any(True for _ in value.parameters()) else "a network without parameters"


def no_problem(value: Any, arguments: tuple[Any, ...]) -> str:
    """Any value is right."""
    return ""


def _form(tensor: Tensor) -> str:
    return f"{type_name(tensor.dtype)} of shape {tuple(tensor.shape)}"


def type_name(dtype: torch.dtype) -> str:
    """A type of tensors, as ``float32``."""
    return str(dtype).removeprefix("torch.")
