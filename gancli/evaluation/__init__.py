"""How good is it? What a generator draws, held against real examples, beside what other real examples get."""

from gancli.evaluation.judge import Judge, Progress
from gancli.evaluation.measures import METRICS, Metric, choose
from gancli.evaluation.report import FILE, Report, Score, in_words, read_scores, scores_over

__all__ = [
    "FILE",
    "METRICS",
    "Judge",
    "Metric",
    "Progress",
    "Report",
    "Score",
    "choose",
    "in_words",
    "read_scores",
    "scores_over",
]
