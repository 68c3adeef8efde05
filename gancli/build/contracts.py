"""The sentences of the contracts, checked where values pass from a component to the rest of the program.

A third party's component is checked through a subclass of its own class, so that its methods and its type stay as they
are. A broken sentence is a PluginError that names the component, what was found, and the way out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from torch import Tensor

from gancli import registry
from gancli.build.value_problems import network_problem, no_problem, same_form_problem, scalar_problem
from gancli.errors import GanError, PluginError, is_out_of_memory
from gancli.registry import Plugin


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
