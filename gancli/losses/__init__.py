"""Adversarial losses, one published method a file."""

from gancli.losses.base import AdversarialLoss, Losses
from gancli.losses.hinge import Hinge
from gancli.losses.least_squares import LeastSquares
from gancli.losses.minimax import Minimax
from gancli.losses.non_saturating import NonSaturating
from gancli.losses.wasserstein import Wasserstein

__all__ = ["AdversarialLoss", "Hinge", "LeastSquares", "Losses", "Minimax", "NonSaturating", "Wasserstein"]
