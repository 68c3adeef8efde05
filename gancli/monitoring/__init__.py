"""Monitoring of a training: the known failures of GANs, noticed early and reported in plain words.

The names are loaded on first use, so that what a monitor saved can be read without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancli.monitoring.monitor import TrainingMonitor, best_evaluation, failure_note
    from gancli.monitoring.reference import NUM_REFERENCE, NUM_SAMPLES, reference_examples
    from gancli.monitoring.state import BestEvaluation
    from gancli.monitoring.warning_texts import GO_BACK

_HOME = {
    "GO_BACK": "warning_texts",
    "NUM_REFERENCE": "reference",
    "NUM_SAMPLES": "reference",
    "BestEvaluation": "state",
    "TrainingMonitor": "monitor",
    "best_evaluation": "monitor",
    "failure_note": "monitor",
    "reference_examples": "reference",
}

__all__ = [
    "GO_BACK",
    "NUM_REFERENCE",
    "NUM_SAMPLES",
    "BestEvaluation",
    "TrainingMonitor",
    "best_evaluation",
    "failure_note",
    "reference_examples",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gancli.monitoring' has no attribute {name!r}")
    return getattr(import_module(f"gancli.monitoring.{_HOME[name]}"), name)
