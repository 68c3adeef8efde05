"""torch-fidelity (https://github.com/toshas/torch-fidelity), imported when a metric needs it."""

from importlib import import_module
from types import ModuleType

from gancli.errors import UsageError

REINSTALL = "pip install --force-reinstall torch torchvision torch-fidelity"


def fidelity(metric: str) -> ModuleType:
    """Its module for a metric; UsageError where it cannot be imported."""
    return fidelity_module(f"metric_{metric}")


def fidelity_module(name: str) -> ModuleType:
    """One of its modules; UsageError where it cannot be imported."""
    try:
        return import_module(f"torch_fidelity.{name}")  # with torchvision: as long as importing torch
    except (ImportError, OSError, RuntimeError) as error:  # torchvision of another build of torch: RuntimeError
        found = f"this metric needs torch-fidelity, which cannot be imported ({error})"
        raise UsageError(f"{found}; install the three packages anew, so that they fit together: {REINSTALL}") from error
