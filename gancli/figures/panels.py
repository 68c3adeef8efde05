"""Legends and axes that the panels of losses and of metrics share."""

import textwrap
from collections.abc import Sequence

from gancli.figures.canvas import Axes, Line2D

LETTERS = 30  # that a line of a legend has room for


def add_legend(panel: Axes, lines: Sequence[Line2D], labels: Sequence[str]) -> None:
    """To the right of the panel, where it hides nothing."""
    if not lines:
        return
    legend = panel.legend(lines, labels, frameon=False, loc="upper left", bbox_to_anchor=(1.005, 1.03), fontsize=9)
    legend.set_in_layout(False)  # the layout leaves room to the right, and takes none from below
    for text in legend.get_texts():
        text.set_parse_math(False)  # a name may hold dollars


def style_axes(panel: Axes, ylabel: str) -> None:
    """The label, the grid and the frame of a panel."""
    panel.set_ylabel(textwrap.shorten(ylabel, 24), parse_math=False)
    panel.grid(alpha=0.25)
    panel.spines[["top", "right"]].set_visible(False)
