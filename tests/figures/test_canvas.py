"""Figures depend on nothing of the user's matplotlib settings."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gancli
from gancli.cli import app

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

# Matplotlib is imported in copies of this process alone: what else they need, which takes longer, is imported once.
DRAW = """
import json, os, sys
from pathlib import Path
import torch
from gancli import build
from gancli.cli import app

FIGURES = {"plot-losses": "losses.png", "plot-game": "game.png"}

def draw():
    from gancli.figures import gallery
    gallery.draw({"a row": torch.zeros(4, 1, 8, 8)}, Path("gallery.png"))
    gallery.draw({"points": torch.ones(4, 2)}, Path("points.png"))
    for command, run in (("plot-losses", sys.argv[1]), ("plot-game", sys.argv[2])):
        try:
            app([command, run, "--out", FIGURES[command]])
        except SystemExit as end:
            assert not end.code, end.code

assert "matplotlib" not in sys.modules
for folder, environment, before in json.loads(sys.argv[3]):
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0, (folder, environment)
        continue
    code = 1
    try:
        os.chdir(folder)
        os.environ.update(environment)
        exec(before)
        draw()
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)
"""
PICTURES = ("losses.png", "game.png", "gallery.png", "points.png")
LINE = """\
dataset: gaussian
architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8]}
latent: {dim: 2}
train: {steps: 2, batch_size: 8, log_every: 1, ema: 0.9}
device: cpu
"""


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("game")
    (folder / "r.yaml").write_text(LINE)
    result = CliRunner().invoke(app, ["train", str(folder / "r.yaml"), "--out", str(folder / "run"), "--quiet"])
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture
def drawn(points_run: Path, game: Path) -> Callable[..., list[list[bytes]]]:
    """``drawn((settings, code), ...)`` is what all figures are under each of these settings, after that code."""

    def draw(*cases: tuple[Callable[[], dict[str, str]], str]) -> list[list[bytes]]:
        here, places = Path.cwd(), []
        for number, (settings, code) in enumerate(cases):
            folder = here / str(number)
            folder.mkdir()
            os.chdir(folder)
            places.append((str(folder), settings(), code))
        os.chdir(here)
        command = [sys.executable, "-c", DRAW, str(points_run), str(game), json.dumps(places)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return [[Path(folder, name).read_bytes() for name in PICTURES] for folder, _, _ in places]

    return draw


@pytest.mark.parametrize("settings", [QUICK, pytest.param(RARE, marks=pytest.mark.full)], ids=["quick", "rare"])
def test_every_figure_is_the_same_whatever_the_settings(
    drawn: Callable[..., list[list[bytes]]], settings: list[Callable[[], dict[str, str]]]
) -> None:
    imported_before = (named, "import matplotlib")
    plain, *found = drawn((dict, ""), *((setting, "") for setting in settings), imported_before)
    names = [*(setting.__name__ for setting in settings), "imported before"]
    assert [name for name, figures in zip(names, found, strict=True) if figures != plain] == []


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
