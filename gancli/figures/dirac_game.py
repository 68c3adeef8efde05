"""The game of a Dirac-GAN: the path of both parameters, and the discriminator's line."""

from dataclasses import dataclass

import numpy as np

from gancli.figures.animation import DATA, DISCRIMINATOR, FAINT, GENERATOR, Moving
from gancli.figures.canvas import SubFigure


@dataclass(frozen=True)
class Position:
    """The positions of the players of a Dirac-GAN at one checkpoint."""

    step: int
    theta: float  # the generator's point
    psi: float  # the discriminator's slope


@dataclass(frozen=True)
class DiracGame:
    """A Dirac-GAN, oldest checkpoint first."""

    snapshots: list[Position]


def draw_dirac(panel: SubFigure, game: DiracGame) -> Moving:
    """The panel of a Dirac-GAN."""
    positions = np.array([(snapshot.theta, snapshot.psi) for snapshot in game.snapshots])
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
