"""Monitoring of a training: the known failures of GANs, noticed early and reported in plain words."""

from gancli.monitoring.monitor import TrainingMonitor, failure_note
from gancli.monitoring.reference import NUM_REFERENCE, NUM_SAMPLES, reference_examples

__all__ = ["NUM_REFERENCE", "NUM_SAMPLES", "TrainingMonitor", "failure_note", "reference_examples"]
