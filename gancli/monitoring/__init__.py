"""Monitoring of a training: the known failures of GANs, noticed early and reported in plain words."""

from gancli.monitoring.monitor import TrainingMonitor, best_evaluation, failure_note
from gancli.monitoring.reference import NUM_REFERENCE, NUM_SAMPLES, reference_examples
from gancli.monitoring.state import BestEvaluation
from gancli.monitoring.warning_texts import GO_BACK

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
