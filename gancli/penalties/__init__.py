"""Penalties of the discriminator, one published method a file."""

from gancli.penalties.base import Critic, Penalty, ScoredOnce, squared_gradient_norm
from gancli.penalties.dragan import DRAGAN
from gancli.penalties.gradient_penalty import GradientPenalty
from gancli.penalties.r1 import R1
from gancli.penalties.r2 import R2

__all__ = ["DRAGAN", "R1", "R2", "Critic", "GradientPenalty", "Penalty", "ScoredOnce", "squared_gradient_norm"]
