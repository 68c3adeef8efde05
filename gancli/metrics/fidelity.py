"""torch-fidelity (https://github.com/toshas/torch-fidelity), imported when a metric needs it."""

from importlib import import_module
from types import ModuleType

from gancli.errors import UsageError


def fidelity(metric: str) -> ModuleType:
    """Its module for a metric; UsageError where it is not installed."""
    try:
        return import_module(f"torch_fidelity.metric_{metric}")  # takes seconds: it brings torchvision
    except ModuleNotFoundError as error:
        message = f"this metric needs torch-fidelity ({error}): pip install 'gancli[eval]'"
        raise UsageError(message) from error
