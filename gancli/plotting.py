"""Figures of a run's history."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gancli.files import whole

NOT_A_LOSS = {"step", "seconds", "warning", "notice"}
COLOURS = mpl.color_sequences["tab10"]


def plot_losses(histories: Mapping[str, Sequence[Mapping[str, Any]]], path: Path, smooth: int) -> None:
    """One panel a run, sharing the axis of steps, with every named loss: smoothed, and faint behind it as logged.

    Args:
        histories: the logged steps of every run, by its name.
        path: its ending is the format.
        smooth: how many logged steps are averaged.
    """
    figure = Figure(figsize=(9, 1 + 3.2 * len(histories)), layout="constrained")
    panels = figure.subplots(len(histories), sharex=True, squeeze=False)[:, 0]
    # A loss has the same colour in every panel.
    names = list(dict.fromkeys(name for history in histories.values() for logged in history for name in logged))
    colours = {
        name: COLOURS[index % len(COLOURS)] for index, name in enumerate(it for it in names if it not in NOT_A_LOSS)
    }
    for panel, (run, history) in zip(panels, histories.items(), strict=True):
        for name, colour in colours.items():
            points = [(logged["step"], logged[name]) for logged in history if name in logged]
            if points:
                steps, values = np.array(points, float).T
                panel.plot(steps, values, color=colour, alpha=0.2, linewidth=0.8)
                panel.plot(steps, running_mean(values, smooth), color=colour, linewidth=1.8, label=name)
        panel.set_title(run, loc="left", fontsize=11, parse_math=False)
        panel.set_ylabel("loss")
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
        if panel.lines:
            panel.legend(frameon=False)
            low, high = np.quantile(np.concatenate([line.get_ydata() for line in panel.lines]), [0.002, 0.998])
            margin = 0.08 * (high - low) or 0.1  # a few wild steps must not flatten the rest
            panel.set_ylim(low - margin, high + margin)
        for index, line in enumerate(line for line in history if "warning" in line):
            mark_warning(panel, line["step"], line["warning"], height=1 - index % 3 / 3)
    panels[-1].set_xlabel("step")
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a run's name may be an emoji
        figure.savefig(file, format=path.suffix.removeprefix("."), dpi=150)


def mark_warning(panel: Axes, step: int, warning: str, height: float) -> None:
    """Draw a line at the step where a run warned of something; below ``height``, the first words of what it said."""
    panel.axvline(step, color="firebrick", linestyle=":", linewidth=1.2)
    panel.annotate(
        warning.partition(":")[0],
        (step, height),
        xycoords=("data", "axes fraction"),
        xytext=(3, -4),
        textcoords="offset points",
        rotation=90,
        va="top",
        fontsize=7,
        color="firebrick",
    )


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of the last ``window`` values at every place, of as many as there are at the beginning."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)
