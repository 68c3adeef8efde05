"""A game for data on a line, as in figure 1 of Goodfellow et al. (2014): densities, discriminator, noise, and value."""

import math
from dataclasses import dataclass

import numpy as np

from gancli.figures.animation import DATA, DISCRIMINATOR, FAINT, GENERATOR, Moving
from gancli.figures.canvas import Axes, LineCollection, SubFigure

OPTIMUM = -math.log(4)


@dataclass(frozen=True)
class Snapshot:
    """The players of a game on a line at one checkpoint; arrays are of shape (points,) unless they say otherwise."""

    step: int
    generated: np.ndarray  # p_g, estimated from samples
    discriminator: np.ndarray  # D
    value: float  # V(D, G) = E[log D(x)] + E[log(1 − D(G(z)))]
    arrows: np.ndarray  # noises, and where the generator puts them, of shape (arrows, 2); none if z is not a number


@dataclass(frozen=True)
class LineGame:
    """A game for a mixture of Gaussians on a line, oldest checkpoint first."""

    x: np.ndarray  # of shape (points,), evenly spaced
    data: np.ndarray  # p_data there
    snapshots: list[Snapshot]

    def optimum(self, snapshot: Snapshot) -> np.ndarray:
        """D* = p_data / (p_data + p_g), and NaN where both are almost 0."""
        both = self.data + snapshot.generated
        return np.divide(self.data, both, out=np.full_like(both, np.nan), where=both > 0.01 * self.data.max())


def draw_line(panel: SubFigure, game: LineGame) -> Moving:
    """The panel of a game on a line."""
    densities, arrows, values = panel.subplots(3, 1, height_ratios=[3.2, 0.8, 1.2])
    top = 1.35 * max(1.0, float(game.data.max()))
    densities.plot(game.x, game.data, ":", color=DATA, linewidth=2, label="data")
    (area,) = densities.fill(game.x, game.data, color=GENERATOR, alpha=0.15, linewidth=0)
    (generated,) = densities.plot(game.x, game.data, color=GENERATOR, linewidth=2, label="generator")
    (scores,) = densities.plot(game.x, game.data, color=DISCRIMINATOR, linewidth=2, label="D(x)")
    (best,) = densities.plot(game.x, game.data, "--", color=DISCRIMINATOR, linewidth=1, label="best D for this G")
    densities.set(xlim=(game.x[0], game.x[-1]), ylim=(0, top), ylabel="density, probability")
    legend = densities.legend(frameon=False, ncols=2, loc="upper right", fontsize=9)
    lines, follow_arrows = _draw_arrows(arrows, game)
    marks, follow_value = _draw_value(values, game)
    for axes in (densities, values):
        axes.spines[["top", "right"]].set_visible(False)

    def move(at: int) -> None:
        snapshot = game.snapshots[at]
        area.set_xy(_closed(game.x, snapshot.generated))
        generated.set_ydata(snapshot.generated)
        scores.set_ydata(snapshot.discriminator)
        best.set_ydata(game.optimum(snapshot))
        follow_arrows(at)
        follow_value(at)

    return [area, generated, scores, best, legend, *lines, *marks], move


def _closed(x: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """The corners of the area between a curve and 0, of shape (N + 2, 2)."""
    return np.column_stack([[x[0], *x, x[-1]], [0, *heights, 0]])


def _draw_arrows(axes: Axes, game: LineGame) -> Moving:
    """From the noise, below, to where the generator puts it, above: dense there is likely there."""
    lines = LineCollection([], colors=GENERATOR, linewidths=0.7)
    axes.add_collection(lines)
    axes.set(xlim=(game.x[0], game.x[-1]), ylim=(0, 1), xticks=[], yticks=[0, 1], yticklabels=["z", "x = G(z)"])
    axes.tick_params(length=0)
    axes.spines[["left", "right"]].set_visible(False)
    return [lines], lambda at: lines.set_segments(_arrows(game, game.snapshots[at]))


def _arrows(game: LineGame, snapshot: Snapshot) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    if not len(snapshot.arrows):
        return []
    centre, reach = (game.x[0] + game.x[-1]) / 2, (game.x[-1] - game.x[0]) / 2
    below = centre + 0.9 * reach * snapshot.arrows[:, 0] / np.abs(snapshot.arrows[:, 0]).max()
    return [((start, 0.0), (end, 1.0)) for start, end in zip(below, snapshot.arrows[:, 1], strict=True)]


def _draw_value(axes: Axes, game: LineGame) -> Moving:
    steps, values = np.array([(snapshot.step, snapshot.value) for snapshot in game.snapshots]).T
    axes.axhline(OPTIMUM, color=FAINT, linestyle="--", linewidth=1)
    axes.annotate("−log 4", (0, OPTIMUM), (4, 2), ("axes fraction", "data"), "offset points", va="bottom", fontsize=9)
    (way,) = axes.plot(steps, values, color=DISCRIMINATOR, linewidth=1.5)
    (now,) = axes.plot(steps[:1], values[:1], "o", color=DISCRIMINATOR, markersize=5)
    axes.set(xlim=(0, 1.02 * steps[-1]), ylim=(OPTIMUM - 0.15, max(0, *values) + 0.1), xlabel="step", ylabel="V(D, G)")

    def move(at: int) -> None:
        way.set_data(steps[: at + 1], values[: at + 1])
        now.set_data(steps[at : at + 1], values[at : at + 1])

    return [way, now], move
