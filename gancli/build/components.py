"""Calls a component, and blames it for what fails in its code."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from torch.optim import Optimizer

from gancli import registry
from gancli.architectures import Architecture
from gancli.augmentations import Augmentation
from gancli.build.contracts import failure
from gancli.data import Dataset
from gancli.errors import GanError, RecipeError, is_out_of_memory
from gancli.extractors import Extractor
from gancli.loggers import Logger
from gancli.losses import AdversarialLoss
from gancli.models import GAN
from gancli.penalties import Penalty
from gancli.recipe import Recipe, ResolvedComponent
from gancli.registry import Plugin
from gancli.regularisers import Regulariser

CONTRACTS: dict[str, type] = {  # what a component of each kind is an instance of
    "model": GAN,
    "architecture": Architecture,
    "loss": AdversarialLoss,
    "penalty": Penalty,
    "regulariser": Regulariser,
    "augmentation": Augmentation,
    "dataset": Dataset,
    "optimizer": Optimizer,
    "extractor": Extractor,
    "logger": Logger,
}


def make(recipe: Recipe, component: ResolvedComponent, *arguments: Any, **supplied: Any) -> Any:
    """Make a component of what build supplies and of the recipe's options, and check that it keeps its contract.

    A ValueError is its refusal, and so the recipe's error; what else fails in a third party's code is the plugin's.

    Raises RecipeError, PluginError.
    """
    with blaming(component.plugin):
        try:
            made = component.factory(*arguments, **supplied, **component.options)
        except ValueError as error:
            architecture = supplied.get("architecture")  # of a model, whose networks it makes
            is_its_own = architecture is None or not registry.is_raised_in(error, architecture)
            raise refusal(recipe, component if is_its_own else recipe.plan.architecture, error) from error
        check_contract(component.kind, made)
    return made


def refusal(recipe: Recipe, component: ResolvedComponent, error: ValueError) -> RecipeError:
    """The recipe's error for a ValueError of a component.

    It is about the key that the message begins with, if that is one of the component's options or ``latent.dim``.
    """
    name, _, problem = str(error).partition(": ")
    if name in component.options:
        return recipe.error(f"{component.key}.{name}", problem)
    if name == "latent.dim":
        return recipe.error(name, problem)
    return recipe.error(component.key, error)


def check_contract(kind: str, made: object) -> None:
    """Raises TypeError for what is not an instance of its kind's contract, or has methods that take something else."""
    contract = CONTRACTS[kind]
    if not isinstance(made, contract):
        raise TypeError(f"found an instance of {type(made).__name__}, expected one of {contract.__name__}")
    for method in sorted(getattr(contract, "__abstractmethods__", ())):
        if inspect.isfunction(getattr(contract, method)):
            _check_signature(getattr(contract, method), getattr(made, method))


def _check_signature(expected: Any, found: Any) -> None:
    """Raises TypeError for a method that cannot be called as its contract says.

    It is called with what is required by position, and with options by their names.
    """
    parameters = list(inspect.signature(expected).parameters.values())[1:]  # without self
    required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    options = {parameter.name: parameter.default for parameter in parameters if parameter.name not in required}
    try:
        inspect.signature(found).bind(*required, **options)
    except TypeError:
        name, wanted = expected.__name__, ", ".join([*required, *(f"{key}={value}" for key, value in options.items())])
        given = ", ".join(inspect.signature(found).parameters)
        raise TypeError(f"its {name}() takes ({given}), expected ({wanted})") from None


@contextmanager
def blaming(called: Plugin | None) -> Iterator[None]:
    """Turn what fails in a third party's code into a PluginError; that of ``called``, if no third party's code is seen.

    Stdout is for results: what a plugin prints goes to stderr.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (GanError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a plugin may do anything, sys.exit included
        plugin = registry.blame(error) or (None if called is None or called.is_ours else called)
        if plugin is None or is_out_of_memory(error):
            raise
        raise failure(plugin, error) from error
