"""Games drawn as pictures: one frame a checkpoint."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gancli.figures.animation import Moving
from gancli.figures.canvas import Figure, FigureCanvasAgg, SubFigure, default_settings
from gancli.figures.dirac_game import DiracGame, draw_dirac
from gancli.figures.line_game import LineGame, draw_line

DPI = 100


def frames(games: Mapping[str, DiracGame | LineGame], *, last: bool = False) -> Iterator[np.ndarray]:
    """Pictures of shape (H, W, 3), uint8, the games side by side under their names.

    A game with fewer checkpoints than another waits at its end; with ``last``, there is only the end.

    There is one figure for all of them. The fixed parts are laid out and drawn once, the moving parts for every frame.
    """
    with default_settings():
        length = max(len(game.snapshots) for game in games.values())
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
    artists, move = draw_dirac(panel, game) if isinstance(game, DiracGame) else draw_line(panel, game)

    def move_all(index: int) -> None:
        at = min(index, len(game.snapshots) - 1)
        title.set_text(f"{name}, step {game.snapshots[at].step:,}")
        move(at)

    return [title, *artists], move_all
