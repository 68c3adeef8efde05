"""What the panels of an animation share: the artists that move, and the colours of the players."""

from collections.abc import Callable, Sequence

from gancli.figures.canvas import Artist

DATA, GENERATOR, DISCRIMINATOR = "black", "tab:green", "tab:blue"  # as in figure 1 of Goodfellow et al. (2014)
FAINT = "0.6"

Move = Callable[[int], object]  # moves the artists of a panel to the game's snapshot of that number
Moving = tuple[Sequence[Artist], Move]
