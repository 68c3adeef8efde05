"""The recipes of the theory end where it says, and their pictures show it."""

import itertools
import json
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from typer.testing import CliRunner

from gancli.cli import app
from gancli.figures.dirac_game import DiracGame
from gancli.figures.line_game import LineGame
from gancli.run import toy_games
from gancli.storage.history import read_history

Gan = Callable[..., Any]


def train(name: str, folder: Path) -> Path:
    result = CliRunner().invoke(app, ["train", name, "--out", str(folder / name), "--quiet"])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return folder / name


@pytest.fixture(scope="module")
def figure1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("figure1", tmp_path_factory.mktemp("figure1"))


@pytest.fixture(scope="module")
def game(figure1: Path) -> LineGame:
    read = toy_games.read(figure1)
    assert isinstance(read, LineGame)
    return read


@pytest.fixture(scope="module")
def dirac(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("dirac")
    return train("dirac_minimax", folder), train("dirac_r1", folder)


def distances(run: Path) -> np.ndarray:
    """From the equilibrium, at every checkpoint."""
    game = toy_games.read(run)
    assert isinstance(game, DiracGame)
    assert [snapshot.step for snapshot in game.snapshots] == list(range(2, 401, 2))
    return np.array([np.hypot(snapshot.theta, snapshot.psi) for snapshot in game.snapshots])


def turns(run: Path) -> float:
    """How often the players went round the equilibrium; negative is clockwise."""
    snapshots = toy_games.read(run).snapshots
    angles = np.unwrap([np.arctan2(snapshot.psi, snapshot.theta) for snapshot in snapshots])
    return (angles[-1] - angles[0]) / (2 * np.pi)


def test_the_dirac_gan_goes_round_for_ever(dirac: tuple[Path, Path]) -> None:
    """It starts at (1, 1), and a circle around the equilibrium keeps its radius √2."""
    away = distances(dirac[0])
    assert 1.3 < away.min() < away.max() < 1.5
    assert turns(dirac[0]) < -2.5


def test_with_r1_the_dirac_gan_comes_to_rest(dirac: tuple[Path, Path]) -> None:
    away = distances(dirac[1])
    assert away[-1] < 0.01
    assert (away[50:] < away[:-50]).all()
    assert turns(dirac[1]) < -1


def last_losses(run: Path) -> np.ndarray:
    return np.array([line["discriminator"] for line in read_history(run) if "discriminator" in line][-20:])


def test_the_value_of_the_game_ends_at_minus_log_4(figure1: Path, game: LineGame) -> None:
    """The logged loss is −V on one minibatch of 128, so its mean over 20 of them has an error of about 0.005."""
    assert game.snapshots[0].value > -0.1  # at first, D classifies all samples correctly
    assert game.snapshots[-1].value == pytest.approx(-log(4), abs=0.01)
    assert last_losses(figure1).mean() == pytest.approx(log(4), abs=0.02)


def test_at_the_end_the_densities_agree_and_the_discriminator_cannot_tell(game: LineGame) -> None:
    end, cell = game.snapshots[-1], game.x[1] - game.x[0]
    assert np.abs(game.data - end.generated).sum() * cell / 2 < 0.05  # total variation; 1 at the start
    assert (game.data * np.abs(end.discriminator - 0.5)).sum() * cell < 0.03
    start = game.snapshots[0]
    assert np.abs(game.data - start.generated).sum() * cell / 2 > 0.95


def test_on_its_way_the_discriminator_is_near_the_best_for_its_generator(game: LineGame) -> None:
    """Proposition 1, of a network in training: D ≈ p_data / (p_data + p_g) where there is data or a sample."""
    for snapshot in game.snapshots:
        weight, best = game.data + snapshot.generated, game.optimum(snapshot)
        known = np.isfinite(best)
        error = np.average(np.abs(snapshot.discriminator - best)[known], weights=weight[known])
        assert error < 0.15, snapshot.step


def test_densities_are_densities(game: LineGame) -> None:
    """What the picture's edges cut off is no more than a tail, on the way, and nothing in the end."""
    for density in (game.data, *(snapshot.generated for snapshot in game.snapshots)):
        assert density.min() >= 0
        assert 0.9 < np.trapezoid(density, game.x) < 1.01
    end = game.snapshots[-1].generated
    assert np.trapezoid(end, game.x) == pytest.approx(1, abs=0.005)
    assert np.trapezoid(end * game.x, game.x) == pytest.approx(2, abs=0.05)
    assert np.trapezoid(end * (game.x - 2) ** 2, game.x) ** 0.5 == pytest.approx(0.5, abs=0.05)


def test_the_animation_has_a_frame_a_checkpoint_and_holds_its_end(gan: Gan, dirac: tuple[Path, Path]) -> None:
    for run in dirac:
        for path in sorted((run / "checkpoints").iterdir())[3:]:
            copy = Path(run.name, "checkpoints", path.name)
            if int(path.stem[5:]) % 100 == 0:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
    result = gan("plot-game", "dirac_minimax", "dirac_r1", "--out", "new/x.gif", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    steps = {"dirac_minimax": [100, 200, 300, 400], "dirac_r1": [100, 200, 300, 400]}
    assert json.loads(result.stdout) == {"path": "new/x.gif", "steps": steps}
    with Image.open("new/x.gif") as animation:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(animation)]
        pictures = [np.asarray(frame.convert("L"), float) for frame in ImageSequence.Iterator(animation)]
    assert len(durations) == 4
    assert durations[-1] > 10 * durations[0]
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))


def test_a_lone_checkpoint_is_one_moment(gan: Gan, figure1: Path) -> None:
    file = max((figure1 / "checkpoints").iterdir())
    assert [snapshot.step for snapshot in toy_games.read(file).snapshots] == [600]
    assert gan("plot-game", file, "--out", "one.png").stdout == "one.png\n"
    assert gan("plot-game", figure1, "--out", "end.png").stdout == "end.png\n"
    with Image.open("one.png") as one, Image.open("end.png") as end:
        assert one.size == end.size == (560, 540)
        assert one.mode == "RGB"
