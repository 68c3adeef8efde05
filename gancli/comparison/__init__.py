"""Several recipes, trained and evaluated alike, beside real data."""

from gancli.comparison.comparing import compare
from gancli.comparison.results import Comparison, Row, TrainingResult
from gancli.comparison.rows import Entry, entries, seconds
from gancli.comparison.trainings import Follow

__all__ = ["Comparison", "Entry", "Follow", "Row", "TrainingResult", "compare", "entries", "seconds"]
