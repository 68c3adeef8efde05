"""The metrics of a validated run, in panels below its losses."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

from gancli.errors import printable
from gancli.figures.canvas import Axes, LogLocator, MaxNLocator, NullFormatter
from gancli.figures.curves import LoggedLines, over_steps
from gancli.figures.panels import LETTERS, add_legend, style_axes

OWN_SCALE = {"L1": "log", "cycle L1": "log", "feature distance": "log", "FD": "log", "modes": "linear"}
# Every other metric is a share; all shares are in one panel.


def draw_metrics(panel: Axes, logged: LoggedLines, colours: Mapping[str, Any]) -> None:
    """The metrics that share a scale, a point an evaluation."""
    drawn = {name: over_steps(logged, name) for name in colours}
    lines = []
    for name, (steps, values) in drawn.items():
        lines += panel.plot(steps, values, color=colours[name], linewidth=1.6, marker="o", markersize=3.5)
    name = next(iter(colours))
    style_axes(panel, printable(name) if len(colours) == 1 else "share")
    if len(colours) > 1:
        add_legend(panel, lines, [textwrap.shorten(printable(name), LETTERS) for name in drawn])
    if name not in OWN_SCALE:
        panel.set_ylim(-0.04, 1.04)
    elif OWN_SCALE[name] == "log" and np.nanmin([*drawn[name][1], np.inf]) > 0:
        panel.set_yscale("log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter(NullFormatter())
    else:
        panel.yaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))


def scales_of(logged: LoggedLines) -> list[list[str]]:
    """The names of a run's metrics, those together that share a scale."""
    names = list(dict.fromkeys(name for line in logged for name in line if name != "step"))
    shares = [name for name in names if name not in OWN_SCALE]
    return [[name] for name in names if name in OWN_SCALE] + ([shares] if shares else [])
