"""Figures depend on nothing of the user's matplotlib settings."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import gancli

PACKAGE = Path(gancli.__file__).parent
LATEX = b"text.usetex: True\nfont.family: Comic Sans MS\naxes.facecolor: black\nfigure.dpi: 7\nsavefig.facecolor: red\n"
BROKEN = b"no colon\nlines.linewidth: thick\nunknown.key: 1\nfigure.dpi: [\n"
INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def in_the_folder() -> dict[str, str]:
    Path("matplotlibrc").write_bytes(LATEX)
    return {}


def no_text_in_the_folder() -> dict[str, str]:
    Path("matplotlibrc").write_bytes(b"\xff\xfe\x00broken")
    return {}


def unreadable_in_the_folder() -> dict[str, str]:
    Path("matplotlibrc").symlink_to("/proc/self/mem")
    return {}


def named() -> dict[str, str]:
    Path("mine").write_bytes(LATEX)
    return {"MATPLOTLIBRC": "mine"}


def broken() -> dict[str, str]:
    Path("mine").write_bytes(BROKEN)
    return {"MATPLOTLIBRC": "mine"}


def configured() -> dict[str, str]:
    Path("config").mkdir()
    Path("config/matplotlibrc").write_bytes(LATEX)
    return {"MPLCONFIGDIR": "config"}


def unwritable() -> dict[str, str]:
    return {"MPLCONFIGDIR": "/proc/nowhere"}


def notebook() -> dict[str, str]:
    return INLINE


def no_backend() -> dict[str, str]:
    return {"MPLBACKEND": "nonsense"}


QUICK: list[Callable[[], dict[str, str]]] = [notebook, in_the_folder, no_text_in_the_folder, broken, unwritable]
RARE = [no_backend, unreadable_in_the_folder, named, configured]
SETTINGS = [*QUICK, *(pytest.param(setting, marks=pytest.mark.full) for setting in RARE)]

DRAW = """
import sys
from pathlib import Path
import torch
from gancli.cli import app
from gancli.figures import gallery
gallery.draw({"a row": torch.zeros(4, 1, 8, 8)}, Path("gallery.png"))
gallery.draw({"points": torch.ones(4, 2)}, Path("points.png"))
for command in (["plot-losses", sys.argv[1], "--out", "losses.png"], ["plot-game", sys.argv[2], "--out", "game.png"]):
    try:
        app(command)
    except SystemExit as end:
        assert not end.code, end.code
"""
PICTURES = ("losses.png", "game.png", "gallery.png", "points.png")
LINE = """\
dataset: gaussian
architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8]}
latent: {dim: 2}
train: {steps: 2, batch_size: 8, log_every: 1, ema: 0.9}
device: cpu
"""


def drawn(environment: dict[str, str], points_run: Path, game: Path, code: str = DRAW) -> list[bytes]:
    command = [sys.executable, "-c", code, str(points_run), str(game)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [Path(name).read_bytes() for name in PICTURES]


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("game")
    (folder / "r.yaml").write_text(LINE)
    command = [sys.executable, "-m", "gancli", "train", str(folder / "r.yaml"), "--out", str(folder / "run"), "--quiet"]
    assert subprocess.run(command, check=False).returncode == 0
    return folder / "run"


@pytest.fixture(scope="module")
def plain(points_run: Path, game: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    here = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("plain"))
    try:
        return drawn({}, points_run, game)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda setting: setting.__name__)
def test_every_figure_is_the_same_whatever_the_settings(
    points_run: Path, game: Path, plain: list[bytes], settings: Callable[[], dict[str, str]]
) -> None:
    assert drawn(settings(), points_run, game) == plain


def test_although_something_imported_matplotlib_before(points_run: Path, game: Path, plain: list[bytes]) -> None:
    code = "import matplotlib\n" + DRAW
    assert drawn(named(), points_run, game, code) == plain


def test_what_the_environment_says_is_left_as_it_is() -> None:
    code = (
        "import os\nbefore = dict(os.environ)\nfrom gancli.figures import canvas\nassert dict(os.environ) == before\n"
        "with canvas.default_settings():\n    pass\nassert os.path.exists('matplotlibrc')\n"
    )
    Path("matplotlibrc").touch()
    environment = os.environ | INLINE | {"MATPLOTLIBRC": "mine"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_one_file_imports_matplotlib() -> None:
    importing = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "matplotlib" for name in names):
                importing.add(path.relative_to(PACKAGE).as_posix())
    assert importing == {"figures/canvas.py"}
