"""Samples of several generators side by side in one figure."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from gancli.figures.canvas import Axes, Figure, default_settings, save
from gancli.sampling.images import grid, to_pixels

Rows = Mapping[str, Tensor | None]

ROW_WIDTH, PANEL_WIDTH = 10, 2.5  # inches: of a row of images, of a panel of points
ACROSS = 4  # panels of points in a row, at most


def draw(rows: Rows, path: Path) -> None:
    """Write a PNG: a row of images for every name, or a panel of points; an empty one where there are no samples.

    Args:
        rows: images of shape (N, C, H, W), or points of shape (N, D), the first of which set the scale for all.
    """
    with default_settings():
        save(_drawn(rows), path)


def _drawn(rows: Rows) -> Figure:
    images = any(samples is not None and samples.ndim == 4 for samples in rows.values())
    across = 1 if images else min(len(rows), ACROSS)
    down = math.ceil(len(rows) / across)
    figure = Figure(
        figsize=(ROW_WIDTH, 0.7 * down) if images else (PANEL_WIDTH * across, PANEL_WIDTH * down), layout="constrained"
    )
    panels = figure.subplots(down, across, squeeze=False).flatten().tolist()
    for panel in panels:
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set_visible(False)
    if images:
        _draw_images(panels, rows)
    else:
        _draw_points(panels, rows)
    return figure


def _draw_images(panels: Sequence[Axes], rows: Rows) -> None:
    for panel, (name, samples) in zip(panels, rows.items(), strict=True):
        panel.set_ylabel(name, rotation=0, ha="right", va="center", parse_math=False)
        if samples is not None:
            panel.imshow(grid(to_pixels(samples), len(samples)), cmap="gray", vmin=0, vmax=255)


def _draw_points(panels: Sequence[Axes], rows: Rows) -> None:
    first = next((samples for samples in rows.values() if samples is not None), torch.ones(1, 2))
    extent = 1.25 * float(first.abs().quantile(0.99))
    for panel, (name, samples) in zip(panels, rows.items(), strict=False):  # the last ones may stay empty
        panel.set_title(name, fontsize=10, parse_math=False)
        panel.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")
        panel.spines[:].set_visible(True)
        if samples is not None:
            x, y = samples[:, 0].numpy(), samples[:, min(1, samples.shape[1] - 1)].numpy()
            panel.scatter(x, y, s=2, linewidths=0, alpha=0.5)
