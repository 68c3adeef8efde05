"""The sentences of the contracts, checked where values pass from a component to the rest of the program.

A third party's component is checked through a subclass of its own class, so that its methods and its type stay as they
are. A broken sentence is a PluginError that names the component, what was found, and the way out.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import torch
from torch import Tensor, nn

from gancli import registry
from gancli.errors import GanError, PluginError, is_out_of_memory
from gancli.registry import Plugin

TOLERANCE = 1e-3  # of the bounds of an image


def failure(plugin: Plugin, error: BaseException) -> PluginError:
    """The error of a component in whose code another error was raised."""
    return PluginError(f"{plugin} failed: {type(error).__name__}: {error}")


def breach(plugin: Plugin, sentence: str, found: str) -> PluginError:
    """The error of a component that breaks a sentence of its contract."""
    return PluginError(f"{plugin} breaks its contract: {sentence}; found {found}")


@dataclass(frozen=True)
class Clause:
    """One sentence of a contract, about one method.

    Attributes:
        problem: what is wrong with a returned value, given what the method was called with; empty if nothing is.
        refuses: whether a ValueError is a refusal of the data, which is the recipe's error.
        hint: what else to know when it raises an error.
    """

    method: str
    sentence: str
    problem: Callable[[Any, tuple[Any, ...]], str]
    refuses: bool = False
    hint: str = ""


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


CLAUSES: dict[str, tuple[Clause, ...]] = {
    "loss": (
        Clause(
            "discriminator",
            "discriminator(real_logits, fake_logits) returns a scalar tensor",
            scalar_problem,
            hint="logits are any numbers, not probabilities",
        ),
        Clause(
            "generator",
            "generator(fake_logits, real_logits) returns a scalar tensor",
            scalar_problem,
            hint="real_logits is None unless needs_real_logits = True",
        ),
    ),
    "penalty": (Clause("__call__", "a call with (critic, real, fake) returns a scalar tensor", scalar_problem),),
    "regulariser": (
        Clause("forward", "forward(generator, z, y) returns a scalar tensor", scalar_problem, refuses=True),
    ),
    "augmentation": (
        Clause("forward", "forward(x) returns samples of the shape and type of x", same_form_problem, refuses=True),
        Clause("observe", "observe(real_logits) takes logits", no_problem),
    ),
    "architecture": (
        Clause("generator", "generator(data, latent_dim, num_classes) returns a module", network_problem, refuses=True),
        Clause(
            "discriminator",
            "discriminator(data, num_classes, outputs) returns a module",
            network_problem,
            refuses=True,
        ),
    ),
}


def enforce(kind: str, plugin: Plugin, component: Any) -> None:
    """Check every sentence about the methods of a third party's component at each call."""
    made = type(component)
    methods = {
        clause.method: _checked(getattr(made, clause.method), clause, plugin) for clause in CLAUSES.get(kind, ())
    }
    component.__class__ = type(made.__name__, (made,), methods | {"__module__": made.__module__})


def _checked(original: Callable[..., Any], clause: Clause, plugin: Plugin) -> Callable[..., Any]:
    """A method whose sentence is checked at each call."""

    @wraps(original)
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        with blaming_breach(plugin, clause.sentence, clause.hint, refuses=clause.refuses), untouched(plugin, arguments):
            value = original(self, *arguments, **options)
        if problem := clause.problem(value, arguments):
            raise breach(plugin, clause.sentence, problem)
        return value

    return call


@contextmanager
def blaming_breach(plugin: Plugin, sentence: str, hint: str = "", *, refuses: bool = False) -> Iterator[None]:
    """Blame the component whose code raised an error; the one that was called, if no third party's code is seen."""
    try:
        yield
    except (GanError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a plugin may do anything, sys.exit included
        if (refuses and isinstance(error, ValueError)) or is_out_of_memory(error):
            raise
        blamed = registry.blame(error)
        if blamed is not None and blamed != plugin:
            raise failure(blamed, error) from error
        raise breach(plugin, sentence, f"{type(error).__name__}: {error}" + (hint and f"; {hint}")) from error


@contextmanager
def untouched(plugin: Plugin, values: tuple[Any, ...]) -> Iterator[None]:
    """Refuse a component that changes the tensors that it was handed."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    versions = [tensor._version for tensor in tensors]
    yield
    for tensor, version in zip(tensors, versions, strict=True):
        if tensor._version != version:
            sentence = "a component does not change in place what it is given"
            raise breach(plugin, sentence, f"a changed tensor of shape {tuple(tensor.shape)}; work on a copy")


def _form(tensor: Tensor) -> str:
    return f"{type_name(tensor.dtype)} of shape {tuple(tensor.shape)}"


def type_name(dtype: torch.dtype) -> str:
    """A type of tensors, as ``float32``."""
    return str(dtype).removeprefix("torch.")
