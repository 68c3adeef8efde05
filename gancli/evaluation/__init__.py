"""How good is it? What a generator draws, held against real examples, beside what other real examples get."""

from gancli.evaluation.judge import Judge
from gancli.evaluation.measures import METRICS, Metric, choose
from gancli.evaluation.report import Report, Score, read_scores, scores_over
from gancli.evaluation.words import LEGEND, explained, in_words, verdict, with_arrow

__all__ = [
    "LEGEND",
    "METRICS",
    "Judge",
    "Metric",
    "Report",
    "Score",
    "choose",
    "explained",
    "in_words",
    "read_scores",
    "scores_over",
    "verdict",
    "with_arrow",
]
