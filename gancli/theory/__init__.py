"""Games so small that all of them can be seen: a run's players at every checkpoint that it has kept."""

from gancli.theory.games import DiracGame, LineGame, read
from gancli.theory.pictures import frames

__all__ = ["DiracGame", "LineGame", "frames", "read"]
