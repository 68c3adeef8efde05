"""Evaluation: generated examples compared with real ones, with other real examples as the baseline.

The names are loaded on first use, so that what is recorded of an evaluation can be read without torch.
"""

from typing import TYPE_CHECKING

from gancli.lazy import importer

if TYPE_CHECKING:
    from gancli.evaluation.catalogue import METRICS, choose
    from gancli.evaluation.evaluator import Evaluator
    from gancli.evaluation.interpretation import LEGEND, describe_protocol, documentation_page, interpret, with_arrow
    from gancli.evaluation.metric import Metric
    from gancli.evaluation.recorded import read_scores
    from gancli.evaluation.report import Report
    from gancli.evaluation.score import Score, scores_over

_HOME = {
    "LEGEND": "interpretation",
    "METRICS": "catalogue",
    "Evaluator": "evaluator",
    "Metric": "metric",
    "Report": "report",
    "Score": "score",
    "choose": "catalogue",
    "describe_protocol": "interpretation",
    "documentation_page": "interpretation",
    "interpret": "interpretation",
    "read_scores": "recorded",
    "scores_over": "score",
    "with_arrow": "interpretation",
}

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

__getattr__ = importer(__name__, _HOME)
