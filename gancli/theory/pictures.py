"""Games drawn as pictures, with the colours of figure 1 of Goodfellow et al. (2014): one frame a checkpoint."""

import io
import math
from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from gancli.theory.games import DiracGame, LineGame, Moment

DATA, GENERATOR, DISCRIMINATOR = "black", "tab:green", "tab:blue"
FAINT = "0.6"
DPI = 100
OPTIMUM = -math.log(4)


def frames(games: Mapping[str, DiracGame | LineGame], *, last: bool = False) -> Iterator[np.ndarray]:
    """Pictures of shape (H, W, 3), uint8, the games side by side under their names.

    A game with fewer checkpoints than another waits at its end; with ``last``, there is only the end.
    """
    length = max(len(game.moments) for game in games.values())
    for index in range(length - 1 if last else 0, length):
        figure = Figure(figsize=(5.6 * len(games), 5.4), layout="constrained")
        panels = figure.subfigures(1, len(games), squeeze=False)[0]
        for panel, (name, game) in zip(panels, games.items(), strict=True):
            at = min(index, len(game.moments) - 1)
            draw = _draw_dirac if isinstance(game, DiracGame) else _draw_line
            panel.suptitle(f"{name}, step {game.moments[at].step:,}", fontsize=11, parse_math=False)
            draw(panel, game, at)  # type: ignore[arg-type]
        yield _pixels(figure)


def _pixels(figure: Figure) -> np.ndarray:
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=DPI)
    width, height = (round(inches * DPI) for inches in figure.get_size_inches())
    return np.frombuffer(raw.getvalue(), np.uint8).reshape(height, width, 4)[..., :3]


def _draw_line(panel: SubFigure, game: LineGame, at: int) -> None:
    moment = game.moments[at]
    densities, arrows, values = panel.subplots(3, 1, height_ratios=[3.2, 0.8, 1.2])
    top = 1.35 * max(1.0, float(game.data.max()))
    densities.plot(game.x, game.data, ":", color=DATA, linewidth=2, label="data")
    densities.fill_between(game.x, moment.generated, color=GENERATOR, alpha=0.15, linewidth=0)
    densities.plot(game.x, moment.generated, color=GENERATOR, linewidth=2, label="generator")
    densities.plot(game.x, moment.discriminator, color=DISCRIMINATOR, linewidth=2, label="D(x)")
    densities.plot(game.x, game.optimum(moment), "--", color=DISCRIMINATOR, linewidth=1, label="best D for this G")
    densities.set(xlim=(game.x[0], game.x[-1]), ylim=(0, top), ylabel="density, probability")
    densities.legend(frameon=False, ncols=2, loc="upper right", fontsize=9)
    _draw_arrows(arrows, game, moment)
    _draw_value(values, game, at)
    for axes in (densities, values):
        axes.spines[["top", "right"]].set_visible(False)


def _draw_arrows(axes: Axes, game: LineGame, moment: Moment) -> None:
    """From the noise, below, to where the generator puts it, above: dense there is likely there."""
    centre, reach = (game.x[0] + game.x[-1]) / 2, (game.x[-1] - game.x[0]) / 2
    for noise, place in moment.arrows:
        below = centre + 0.9 * reach * noise / np.abs(moment.arrows[:, 0]).max()
        axes.plot([below, place], [0, 1], color=GENERATOR, linewidth=0.7)
    axes.set(xlim=(game.x[0], game.x[-1]), ylim=(0, 1), xticks=[], yticks=[0, 1], yticklabels=["z", "x = G(z)"])
    axes.tick_params(length=0)
    axes.spines[["left", "right"]].set_visible(False)


def _draw_value(axes: Axes, game: LineGame, at: int) -> None:
    steps, values = np.array([(it.step, it.value) for it in game.moments]).T
    axes.axhline(OPTIMUM, color=FAINT, linestyle="--", linewidth=1)
    axes.annotate("−log 4", (0, OPTIMUM), (4, 2), ("axes fraction", "data"), "offset points", va="bottom", fontsize=9)
    axes.plot(steps[: at + 1], values[: at + 1], color=DISCRIMINATOR, linewidth=1.5)
    axes.plot(steps[at], values[at], "o", color=DISCRIMINATOR, markersize=5)
    axes.set(xlim=(0, 1.02 * steps[-1]), ylim=(OPTIMUM - 0.15, max(0, *values) + 0.1), xlabel="step", ylabel="V(D, G)")


def _draw_dirac(panel: SubFigure, game: DiracGame, at: int) -> None:
    positions = np.array([(it.theta, it.psi) for it in game.moments])
    reach = 1.15 * float(np.abs(positions).max())
    (theta, psi), way = positions[at], positions[: at + 1]
    phase, line = panel.subplots(2, 1, height_ratios=[5, 1])
    phase.axhline(0, color=FAINT, linewidth=0.6)
    phase.axvline(0, color=FAINT, linewidth=0.6)
    phase.plot(*way.T, color="tab:purple", linewidth=1.2)
    phase.plot(theta, psi, "o", color="tab:purple")
    phase.plot(0, 0, "*", color=DATA, markersize=12, label="equilibrium")
    phase.set(xlim=(-1.5 * reach, 1.5 * reach), ylim=(-reach, reach), aspect="equal")
    phase.set_xlabel("generator's point θ", color=GENERATOR)
    phase.set_ylabel("discriminator's slope ψ", color=DISCRIMINATOR)
    phase.legend(frameon=False, loc="upper right", fontsize=9)
    ends = 1.5 * np.array([-reach, reach])
    line.plot(ends, psi * ends, color=DISCRIMINATOR, linewidth=2, label="D(x) = ψx")
    line.plot(0, 0, "o", color=DATA, markersize=9, label="data")
    line.plot(theta, 0, "o", color=GENERATOR, markersize=9, label="generator")
    line.set(xlim=(-1.5 * reach, 1.5 * reach), ylim=(-reach, reach), yticks=[], xlabel="x")
    line.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=9)
    for axes in (phase, line):
        axes.spines[["top", "right"]].set_visible(False)
