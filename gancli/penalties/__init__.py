"""Penalties of the discriminator, one published method a file."""

from gancli.penalties.base import Critic, Penalty, ScoredOnce, squared_gradient_norm
from gancli.penalties.gradient_penalty import GradientPenalty
from gancli.penalties.r1 import R1

__all__ = ["R1", "Critic", "GradientPenalty", "Penalty", "ScoredOnce", "squared_gradient_norm"]
