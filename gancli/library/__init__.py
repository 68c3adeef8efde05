"""The library: the functions of the commands, for a notebook or a script. Nothing here prints.

The functions import what they need when they are called, so that ``gan train`` can check a recipe before it imports
torch, and ``gan sample`` imports no metrics.
"""

from gancli.library.evaluating import evaluate
from gancli.library.loading import load
from gancli.library.training import check_training, started_from, train

__all__ = ["check_training", "evaluate", "load", "started_from", "train"]
