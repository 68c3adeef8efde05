"""Evaluation: generated examples compared with real ones, with other real examples as the baseline."""

from gancli.evaluation.catalogue import METRICS, choose
from gancli.evaluation.evaluator import Evaluator
from gancli.evaluation.interpretation import LEGEND, describe_protocol, documentation_page, interpret, with_arrow
from gancli.evaluation.metric import Metric
from gancli.evaluation.report import Report, read_scores
from gancli.evaluation.score import Score, scores_over

__all__ = [
    "LEGEND",
    "METRICS",
    "Evaluator",
    "Metric",
    "Report",
    "Score",
    "choose",
    "describe_protocol",
    "documentation_page",
    "interpret",
    "read_scores",
    "scores_over",
    "with_arrow",
]
