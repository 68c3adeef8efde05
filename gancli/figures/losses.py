"""Figures of the logged losses of runs and, below, of their metrics."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gancli.errors import printable
from gancli.figures.canvas import (
    COLOURS,
    Axes,
    Figure,
    MaxNLocator,
    default_settings,
    save,
)
from gancli.figures.curves import (
    LoggedLines,
    evaluations,
    limits,
    lone,
    losses_of,
    over_steps,
    running_mean,
    usual_size,
    window_of,
)
from gancli.figures.equilibrium import LossValues, at_equilibrium
from gancli.figures.loss_warnings import mark_warnings, warnings_of
from gancli.figures.metric_panels import draw_metrics, scales_of
from gancli.figures.panels import LETTERS, add_legend, style_axes

FIGURE_WIDTH, LEGEND_WIDTH = 11.2, 2.6  # inches, of which the legends at the right have some
LOSSES, METRICS = 3.2, 1.5  # inches that panels are high, at least
LINE = 0.165  # inches that a line of a legend is high
ALONE = 10  # a run that is so many times as long as another has an axis of its own
LONGEST_TITLE = 90


def plot_losses(
    histories: Mapping[str, LoggedLines],
    path: Path,
    smooth: int | None = None,
    *,
    equilibria: Mapping[str, LossValues] | None = None,
    mark: str = "",
) -> None:
    """One panel a run with every named loss: smoothed, and faint behind it as logged.

    The metrics of a run that was validated are drawn below its losses. All share the axis of steps, unless
    one run is so short that nothing of it could be seen.

    Args:
        histories: the logged steps of every run, by its name.
        path: its ending is the format.
        smooth: how many logged steps are averaged; by default, a share of those that there are.
        equilibria: of every run, what its losses are at the equilibrium of its game, by their names.
        mark: a remark in the file, which no viewer shows.
    """
    with default_settings():
        save(_figure(histories, smooth, equilibria or {}), path, mark)


def _figure(histories: Mapping[str, LoggedLines], smooth: int | None, equilibria: Mapping[str, LossValues]) -> Figure:
    metrics_of = {run: evaluations(history) for run, history in histories.items()}
    scales = {run: scales_of(logged) for run, logged in metrics_of.items()}
    legends = {run: _labels(history, equilibria.get(run, {})) for run, history in histories.items()}
    heights = [height for run in histories for height in (_height(legends[run]), *[METRICS] * len(scales[run]))]
    figure = Figure(figsize=(FIGURE_WIDTH, 1 + sum(heights)))
    figure.set_layout_engine("constrained", rect=(0, 0, 1 - LEGEND_WIDTH / FIGURE_WIDTH, 1))
    panels = figure.subplots(len(heights), squeeze=False, height_ratios=heights)[:, 0].tolist()
    # Every name has one colour, the same in all panels.
    losses = [name for history in histories.values() for name in losses_of(history)]
    metrics = [name for names in scales.values() for together in names for name in together]
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(dict.fromkeys(losses + metrics))}
    below = iter(panels)
    groups = []
    for run, history in histories.items():
        group = [next(below) for _ in range(1 + len(scales[run]))]
        groups.append(group)
        title = run if len(run) <= LONGEST_TITLE else f"{run[:LONGEST_TITLE]}…"
        group[0].set_title(title, loc="left", fontsize=11, pad=14, parse_math=False)
        draw_losses(group[0], history, colours, smooth, equilibria.get(run, {}))
        for panel, together in zip(group[1:], scales[run], strict=True):
            draw_metrics(panel, metrics_of[run], {name: colours[name] for name in together})
    _share_steps(groups, list(histories.values()))
    figure.align_ylabels(panels)
    return figure


def _share_steps(groups: Sequence[Sequence[Axes]], histories: Sequence[LoggedLines]) -> None:
    """One axis of steps for all panels, with numbers below each run; or one for each run, if one is much shorter."""
    lengths = [max((line["step"] for line in history), default=1) for history in histories]
    apart = max(lengths) > ALONE * min(lengths)
    for group, length in zip(groups, lengths, strict=True):
        end = length if apart else max(lengths)
        for panel in group:
            panel.set_xlim(-0.02 * end, 1.02 * end)
            panel.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 2.5, 5, 10]))
            panel.tick_params(labelbottom=panel is group[-1])
    for group in groups if apart else groups[-1:]:
        group[-1].set_xlabel("step")


def _labels(history: LoggedLines, equilibrium: LossValues) -> list[str]:
    """The legend of a run's losses: a label for each loss, and for each kind of warning."""
    labels, values = [], at_equilibrium(losses_of(history), equilibrium)
    for name in losses_of(history):
        label = textwrap.shorten(printable(name), 2 * LETTERS)
        if not np.isfinite(over_steps(history, name)[1]).any():
            label += ": no finite number"
        dotted = f"\ndotted: {values[name]:.3f}, the equilibrium" if name in values else ""
        labels.append(textwrap.fill(label, LETTERS) + dotted)
    for number, (kind, steps) in enumerate(warnings_of(history).items(), 1):
        more = f" and {len(steps) - 3} more" if len(steps) > 3 else ""
        times = ", ".join(f"{step:,g}" for step in steps[:3]) + more
        labels.append(textwrap.fill(f"{number}: {textwrap.shorten(kind, 2 * LETTERS)}, step {times}", LETTERS))
    return labels


def _height(labels: Sequence[str]) -> float:
    """Inches of a panel with a legend of these labels beside it."""
    return max(LOSSES, LINE * sum(1.2 + label.count("\n") for label in labels) + 0.2)


def draw_losses(
    panel: Axes, history: LoggedLines, colours: Mapping[str, Any], smooth: int | None, equilibrium: LossValues
) -> None:
    """The named losses of a run, their values at the equilibrium, and the steps at which it warned of something."""
    raw = {name: over_steps(history, name) for name in losses_of(history)}
    dotted = at_equilibrium(raw, equilibrium)
    low, high, is_logarithmic = limits([values for _, values in raw.values()], list(dotted.values()))
    if is_logarithmic:
        panel.set_yscale("symlog", linthresh=usual_size([values for _, values in raw.values()]))
        panel.locator_params(axis="y", numticks=7)
    panel.set_ylim(low, high)
    lines = []
    for name, (steps, values) in raw.items():
        window, colour = window_of(values, smooth), colours[name]
        if window > 1:
            panel.plot(steps, values, color=colour, alpha=0.2, linewidth=0.8)
        # A value far outside counts as one at the edge, or it would take the line away with it for a whole window.
        smoothed = running_mean(values.clip(low, high), window) if window > 1 else values
        lines += panel.plot(steps, smoothed, color=colour, linewidth=1.8 if window > 1 else 1.3)
        if (alone := lone(values)).any():
            panel.plot(steps[alone], values[alone], "o", color=colour, markersize=4)
        _mark_outside(panel, steps, values, low, high, colour)
        if name in dotted:
            panel.axhline(dotted[name], color=colour, linestyle=(0, (1, 2.5)), linewidth=1.1)
    lines += mark_warnings(panel, history)
    style_axes(panel, "loss")
    add_legend(panel, lines, _labels(history, equilibrium))
    if not raw:
        panel.set_yticks([])
        panel.text(0.5, 0.5, "no losses have been logged", transform=panel.transAxes, ha="center", color="0.5")


def _mark_outside(panel: Axes, steps: np.ndarray, values: np.ndarray, low: float, high: float, colour: Any) -> None:
    """A small triangle at the edge where a value is beyond it."""
    for outside, edge, marker in ((values > high, 1, "^"), (values < low, 0, "v")):
        edges, where = np.full(outside.sum(), edge), panel.get_xaxis_transform()
        (marks,) = panel.plot(steps[outside], edges, marker, color=colour, markersize=5, transform=where, clip_on=False)
        marks.set_in_layout(False)
