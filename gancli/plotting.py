"""Figures of a run's history, and the writing of any figure."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from gancli.files import whole

NOT_A_LOSS = {"step", "seconds", "warning", "notice", "metrics"}
COLOURS = mpl.color_sequences["tab10"]
OWN_SCALE = {"FD": "log", "modes": "linear"}  # every other metric is a share, and those stand in one panel
LOSSES, METRICS = 3.2, 1.5  # inches

History = Sequence[Mapping[str, Any]]


def plot_losses(histories: Mapping[str, History], path: Path, smooth: int) -> None:
    """One panel a run, sharing the axis of steps, with every named loss: smoothed, and faint behind it as logged.

    Of a run that was judged as it went, the metrics are drawn below its losses.

    Args:
        histories: the logged steps of every run, by its name.
        path: its ending is the format.
        smooth: how many logged steps are averaged.
    """
    judged = {run: evaluations(history) for run, history in histories.items()}
    scales = {run: scales_of(metrics) for run, metrics in judged.items()}
    heights = [height for names in scales.values() for height in (LOSSES, *[METRICS] * len(names))]
    figure = Figure(figsize=(9, 1 + sum(heights)), layout="constrained")
    panels = figure.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    # What has one name has the same colour in every panel, and nothing else has it.
    losses = [name for history in histories.values() for line in history for name in line if name not in NOT_A_LOSS]
    metrics = [name for names in scales.values() for together in names for name in together]
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(dict.fromkeys(losses + metrics))}
    below = iter(panels)
    for run, history in histories.items():
        panel = next(below)
        panel.set_title(run, loc="left", fontsize=11, parse_math=False)
        draw_losses(panel, history, {name: colours[name] for name in dict.fromkeys(losses)}, smooth)
        for together in scales[run]:
            draw_metrics(next(below), judged[run], {name: colours[name] for name in together})
    figure.align_ylabels(panels)
    panels[-1].set_xlabel("step")
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the path's ending says; the folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a run's name may be an emoji
        figure.savefig(file, format=path.suffix.removeprefix("."), dpi=150)


def draw_losses(panel: Axes, history: History, colours: Mapping[str, Any], smooth: int) -> None:
    """The named losses of a run, and the steps at which it warned of something."""
    for name, colour in colours.items():
        if any(name in line for line in history):
            steps, values = over_steps(history, name)
            panel.plot(steps, values, color=colour, alpha=0.2, linewidth=0.8)
            panel.plot(steps, running_mean(values, smooth), color=colour, linewidth=1.8, label=name)
    _dress(panel, "loss")
    if panel.lines:
        panel.legend(frameon=False)
        low, high = np.quantile(np.concatenate([line.get_ydata() for line in panel.lines]), [0.002, 0.998])
        margin = 0.08 * (high - low) or 0.1  # a few wild steps must not flatten the rest
        panel.set_ylim(low - margin, high + margin)
    for index, line in enumerate(line for line in history if "warning" in line):
        mark_warning(panel, line["step"], line["warning"], height=1 - index % 3 / 3)


def draw_metrics(panel: Axes, judged: History, colours: Mapping[str, Any]) -> None:
    """The metrics that share a scale, a point an evaluation."""
    for name, colour in colours.items():
        panel.plot(*over_steps(judged, name), color=colour, linewidth=1.6, marker="o", markersize=3.5, label=name)
    name = next(iter(colours))
    _dress(panel, name if len(colours) == 1 else "share")
    if len(colours) > 1:
        panel.legend(frameon=False, ncols=len(colours))
    if name not in OWN_SCALE:
        panel.set_ylim(-0.04, 1.04)
    elif OWN_SCALE[name] == "log" and min(line[name] for line in judged if name in line) > 0:
        panel.set_yscale("log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter(NullFormatter())
    else:
        panel.yaxis.set_major_locator(MaxNLocator("auto", integer=True))


def _dress(panel: Axes, ylabel: str) -> None:
    panel.set_ylabel(ylabel)
    panel.grid(alpha=0.25)
    panel.spines[["top", "right"]].set_visible(False)


def evaluations(history: History) -> History:
    """The evaluations of a run: their steps and their metrics."""
    return [{"step": line["step"], **line["metrics"]} for line in history if "metrics" in line]


def scales_of(judged: History) -> list[list[str]]:
    """The names of a run's metrics, those together that share a scale."""
    names = list(dict.fromkeys(name for line in judged for name in line if name != "step"))
    shares = [name for name in names if name not in OWN_SCALE]
    return [[name] for name in names if name in OWN_SCALE] + ([shares] if shares else [])


def over_steps(history: History, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps at which a number was logged, and its values; of shape (N,) each."""
    steps, values = np.array([(line["step"], line[name]) for line in history if name in line], float).T
    return steps, values


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
