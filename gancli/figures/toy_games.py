"""Games drawn as pictures, with the colours of figure 1 of Goodfellow et al. (2014): one frame a checkpoint."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gancli.figures.canvas import (
    Artist,
    Axes,
    Figure,
    FigureCanvasAgg,
    LineCollection,
    SubFigure,
    default_settings,
)

DATA, GENERATOR, DISCRIMINATOR = "black", "tab:green", "tab:blue"
FAINT = "0.6"
DPI = 100
OPTIMUM = -math.log(4)

Move = Callable[[int], object]  # moves the artists of a panel to one of the game's moments
Moving = tuple[Sequence[Artist], Move]


@dataclass(frozen=True)
class Position:
    """The positions of the players of a Dirac-GAN."""

    step: int
    theta: float  # the generator's point
    psi: float  # the discriminator's slope


@dataclass(frozen=True)
class DiracGame:
    """A Dirac-GAN, oldest position first."""

    moments: list[Position]


@dataclass(frozen=True)
class Moment:
    """The players of a game on a line; arrays are of shape (points,) unless they say otherwise."""

    step: int
    generated: np.ndarray  # p_g, estimated from samples
    discriminator: np.ndarray  # D
    value: float  # V(D, G) = E[log D(x)] + E[log(1 − D(G(z)))]
    arrows: np.ndarray  # noises, and where the generator puts them, of shape (arrows, 2); none if z is not a number


@dataclass(frozen=True)
class LineGame:
    """A game for a mixture of Gaussians on a line, oldest moment first."""

    x: np.ndarray  # of shape (points,), evenly spaced
    data: np.ndarray  # p_data there
    moments: list[Moment]

    def optimum(self, moment: Moment) -> np.ndarray:
        """D* = p_data / (p_data + p_g), and NaN where both are almost 0."""
        both = self.data + moment.generated
        return np.divide(self.data, both, out=np.full_like(both, np.nan), where=both > 0.01 * self.data.max())


def frames(games: Mapping[str, DiracGame | LineGame], *, last: bool = False) -> Iterator[np.ndarray]:
    """Pictures of shape (H, W, 3), uint8, the games side by side under their names.

    A game with fewer checkpoints than another waits at its end; with ``last``, there is only the end.

    There is one figure for all of them. The fixed parts are laid out and drawn once, the moving parts for every frame.
    """
    with default_settings():
        length = max(len(game.moments) for game in games.values())
        figure = Figure(figsize=(5.6 * len(games), 5.4), dpi=DPI, layout="constrained")
        canvas: Any = FigureCanvasAgg(figure)
        panels = figure.subfigures(1, len(games), squeeze=False)[0]
        moving = [_drawn(panel, name, game) for panel, (name, game) in zip(panels, games.items(), strict=True)]
        for artists, move in moving:
            move(length - 1)  # the layout leaves room for the longest title
            for artist in artists:
                artist.set_animated(True)  # left out when the whole figure is drawn
        canvas.draw()
        still = canvas.copy_from_bbox(figure.bbox)
    for index in range(length - 1 if last else 0, length):
        with default_settings():
            canvas.restore_region(still)
            for artists, move in moving:
                move(index)
                for artist in artists:
                    figure.draw_artist(artist)
            yield np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _drawn(panel: SubFigure, name: str, game: DiracGame | LineGame) -> Moving:
    """A game's panel with its title, which has the step."""
    title = panel.suptitle("", fontsize=11, parse_math=False)
    artists, move = _draw_dirac(panel, game) if isinstance(game, DiracGame) else _draw_line(panel, game)

    def move_all(index: int) -> None:
        at = min(index, len(game.moments) - 1)
        title.set_text(f"{name}, step {game.moments[at].step:,}")
        move(at)

    return [title, *artists], move_all


def _draw_line(panel: SubFigure, game: LineGame) -> Moving:
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
        moment = game.moments[at]
        area.set_xy(_closed(game.x, moment.generated))
        generated.set_ydata(moment.generated)
        scores.set_ydata(moment.discriminator)
        best.set_ydata(game.optimum(moment))
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
    return [lines], lambda at: lines.set_segments(_arrows(game, game.moments[at]))


def _arrows(game: LineGame, moment: Moment) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    if not len(moment.arrows):
        return []
    centre, reach = (game.x[0] + game.x[-1]) / 2, (game.x[-1] - game.x[0]) / 2
    below = centre + 0.9 * reach * moment.arrows[:, 0] / np.abs(moment.arrows[:, 0]).max()
    return [((start, 0.0), (end, 1.0)) for start, end in zip(below, moment.arrows[:, 1], strict=True)]


def _draw_value(axes: Axes, game: LineGame) -> Moving:
    steps, values = np.array([(moment.step, moment.value) for moment in game.moments]).T
    axes.axhline(OPTIMUM, color=FAINT, linestyle="--", linewidth=1)
    axes.annotate("−log 4", (0, OPTIMUM), (4, 2), ("axes fraction", "data"), "offset points", va="bottom", fontsize=9)
    (way,) = axes.plot(steps, values, color=DISCRIMINATOR, linewidth=1.5)
    (now,) = axes.plot(steps[:1], values[:1], "o", color=DISCRIMINATOR, markersize=5)
    axes.set(xlim=(0, 1.02 * steps[-1]), ylim=(OPTIMUM - 0.15, max(0, *values) + 0.1), xlabel="step", ylabel="V(D, G)")

    def move(at: int) -> None:
        way.set_data(steps[: at + 1], values[: at + 1])
        now.set_data(steps[at : at + 1], values[at : at + 1])

    return [way, now], move


def _draw_dirac(panel: SubFigure, game: DiracGame) -> Moving:
    positions = np.array([(moment.theta, moment.psi) for moment in game.moments])
    reach = 1.15 * float(np.abs(positions).max())
    phase, line = panel.subplots(2, 1, height_ratios=[5, 1])
    phase.axhline(0, color=FAINT, linewidth=0.6)
    phase.axvline(0, color=FAINT, linewidth=0.6)
    (way,) = phase.plot(*positions.T, color="tab:purple", linewidth=1.2)
    (now,) = phase.plot(*positions[:1].T, "o", color="tab:purple")
    (equilibrium,) = phase.plot(0, 0, "*", color=DATA, markersize=12, label="equilibrium")
    phase.set(xlim=(-1.5 * reach, 1.5 * reach), ylim=(-reach, reach), aspect="equal")
    phase.set_xlabel("generator's point θ", color=GENERATOR)
    phase.set_ylabel("discriminator's slope ψ", color=DISCRIMINATOR)
    phase.legend(frameon=False, loc="upper right", fontsize=9)
    ends = 1.5 * np.array([-reach, reach])
    (slope,) = line.plot(ends, ends, color=DISCRIMINATOR, linewidth=2, label="D(x) = ψx")
    (data,) = line.plot(0, 0, "o", color=DATA, markersize=9, label="data")
    (point,) = line.plot(0, 0, "o", color=GENERATOR, markersize=9, label="generator")
    line.set(xlim=(-1.5 * reach, 1.5 * reach), ylim=(-reach, reach), yticks=[], xlabel="x")
    line.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=9)
    for axes in (phase, line):
        axes.spines[["top", "right"]].set_visible(False)

    def move(at: int) -> None:
        theta, psi = positions[at]
        way.set_data(*positions[: at + 1].T)
        now.set_data([theta], [psi])
        slope.set_ydata(psi * ends)
        point.set_xdata([theta])

    return [way, now, equilibrium, slope, data, point], move
