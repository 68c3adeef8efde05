"""Monitoring of a training: the known failures of GANs, noticed early and reported in plain words.

The names are loaded on first use, so that what a monitor saved can be read without torch.
"""

from typing import TYPE_CHECKING

from gancli.lazy import importer

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

__getattr__ = importer(__name__, _HOME)
