"""Optimizers of torch without its compiler.

They import torch._dynamo when they are made and at each step, to tell it what it may not compile. No training is
compiled here, and that import takes as long as torch's own, and 150 MB of memory.
"""

import inspect
import sys
from types import MethodType
from typing import TypeVar

import torch
from torch.optim import Optimizer

COMPILER = "torch._dynamo"
CALLED_INSTEAD = "__dynamo_disable"  # where torch keeps, after the first call, what its compiler made of a function

AnOptimizer = TypeVar("AnOptimizer", bound=Optimizer)


def spare_the_compiler() -> None:
    """Let the methods of all optimizers be called as they are, unless the compiler is there already."""
    if COMPILER not in sys.modules:
        for method in vars(Optimizer).values():
            function = getattr(method, "__wrapped__", None)
            if function is not None and not hasattr(function, CALLED_INSTEAD):
                setattr(function, CALLED_INSTEAD, function)


def eager(optimizer: AnOptimizer) -> AnOptimizer:
    """The same optimizer, whose step is called as it is, with its hooks; one of a third party is left alone."""
    if type(optimizer).__module__.partition(".")[0] == "torch" and not optimizer.defaults.get("differentiable"):
        step = torch.no_grad()(inspect.unwrap(type(optimizer).step))
        vars(optimizer)["step"] = MethodType(Optimizer.profile_hook_step(step), optimizer)
    return optimizer


spare_the_compiler()
