"""Matplotlib without the user's settings: the only file that imports it, and the one that writes figures.

A figure is the same everywhere: whatever MPLBACKEND says (Jupyter and Colab hand theirs to every command), whatever is
in a matplotlibrc, and although one cannot be read. So pyplot, which asks for a backend, is never used.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gancli.files import make_ready, whole

SETTINGS_FILE = "matplotlibrc"
FIGURE_FORMATS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".svg": "svg", ".pdf": "pdf"}


@contextmanager
def _unset() -> Iterator[None]:
    """A context without the user's settings: matplotlib reads all of them when it is imported.

    A file with errors would print them, one that is not text would raise. A file in the working folder comes before
    all others, so it is hidden; then the variable decides, and it names an empty file.
    """
    exists, log = os.path.exists, logging.getLogger("matplotlib")
    was = {name: os.environ.pop(name, None) for name in ("MPLBACKEND", "MATPLOTLIBRC")}
    os.environ["MATPLOTLIBRC"] = os.devnull
    log.disabled = True  # no message about a read-only cache folder: matplotlib then uses a temporary one
    os.path.exists = lambda path: not str(path).endswith(SETTINGS_FILE) and exists(path)
    try:
        yield
    finally:
        os.path.exists, log.disabled = exists, False
        del os.environ["MATPLOTLIBRC"]
        os.environ.update({name: value for name, value in was.items() if value is not None})


with _unset():
    import matplotlib
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

__all__ = [
    "COLOURS",
    "Artist",
    "Axes",
    "Figure",
    "FigureCanvasAgg",
    "Line2D",
    "LineCollection",
    "LogLocator",
    "MaxNLocator",
    "NullFormatter",
    "SubFigure",
    "default_settings",
    "save",
]

COLOURS = matplotlib.color_sequences["tab10"]


@contextmanager
def default_settings() -> Iterator[None]:
    """A context to make, draw and save figures: a plugin may have imported matplotlib before, with all settings."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield


def save(figure: Figure, path: Path, mark: str = "") -> None:
    """Write a figure in the format that the path's ending says; the folder is made if need be.

    ``mark`` is a remark in a PNG, which no viewer shows.
    """
    make_ready(path.parent)
    metadata = {"Comment": mark} if mark and path.suffix.lower() == ".png" else None
    with whole(path) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a run's name may be an emoji
        figure.savefig(file, format=FIGURE_FORMATS[path.suffix.lower()], dpi=150, metadata=metadata)
