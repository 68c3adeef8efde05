"""Checks of a metric's input: wrong input is refused here before any arithmetic."""

import torch
from torch import Tensor


def features(name: str, given: Tensor, *, least: int = 1) -> Tensor:
    """``given``, of shape (N, d), in float64 on the CPU: the same numbers then come out on every device.

    Raises:
        ValueError: not (N, d), fewer than ``least`` examples, no dimensions, or a value that is not finite.
    """
    if given.ndim != 2:
        raise ValueError(f"{name}: a tensor of shape {tuple(given.shape)}; expected one row an example, (N, d)")
    if len(given) < least:
        raise ValueError(f"{name}: {len(given)} examples; at least {least} are needed")
    if not given.shape[1]:
        raise ValueError(f"{name}: examples of no dimensions")
    if not given.isfinite().all():
        raise ValueError(f"{name}: {int((~given.isfinite()).any(1).sum())} of {len(given)} examples are not finite")
    return given.detach().to("cpu", torch.float64)


def same_space(**named: Tensor) -> None:
    """Raise ValueError unless all have as many dimensions; of shape (N, d) each."""
    dims = {name: features.shape[1] for name, features in named.items()}
    if len(set(dims.values())) > 1:
        found = ", ".join(f"{name} has {d}" for name, d in dims.items())
        raise ValueError(f"features of different spaces: dimensions differ ({found})")


def classes(name: str, given: Tensor, num_classes: int | None = None) -> Tensor:
    """``given``, integers of shape (N,) in [0, ``num_classes``), on the CPU.

    Raises:
        ValueError: not (N,), none, no integers, or out of range; None as ``num_classes`` sets no upper end.
    """
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name}: a tensor of shape {tuple(given.shape)}; expected (N,), with one example at least")
    if given.is_floating_point() or given.is_complex() or given.dtype == torch.bool:
        raise ValueError(f"{name}: {given.dtype}; expected classes as integers: take the argmax of logits first")
    if given.min() < 0 or (num_classes is not None and given.max() >= num_classes):
        expected = "0 and above" if num_classes is None else f"0 to {num_classes - 1}"
        raise ValueError(f"{name}: classes from {given.min()} to {given.max()}; expected {expected}")
    return given.detach().to("cpu", torch.int64)


def shares(name: str, given: Tensor) -> Tensor:
    """``given``, of shape (C,), in float64 on the CPU; ValueError unless it is a distribution."""
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name}: a tensor of shape {tuple(given.shape)}; expected one share a class, (C,)")
    found = given.detach().to("cpu", torch.float64)
    if not (found >= 0).all() or abs(found.sum().item() - 1) > 1e-5:  # float32 shares of many classes add up to that
        raise ValueError(f"{name}: expected shares from 0 to 1 that add up to 1, found a sum of {found.sum():g}")
    return found


def image_pairs(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Both, of shape (N, C, H, W), in float64 on the CPU; ValueError unless they are images in [0, 1] of one shape."""
    if images.shape != targets.shape or images.ndim != 4 or not images.numel():
        found = f"images of shape {tuple(images.shape)}, targets of shape {tuple(targets.shape)}"
        raise ValueError(f"{found}; expected (N, C, H, W), the same for both")
    for name, given in (("images", images), ("targets", targets)):
        if not (given.min() >= 0 and given.max() <= 1):  # nor is it, if a value is not a number
            raise ValueError(f"{name}: values from {given.min():g} to {given.max():g}; expected 0 to 1")
    return images.detach().to("cpu", torch.float64), targets.detach().to("cpu", torch.float64)
