"""What cannot be drawn as a game on a line is refused with the reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gan = Callable[..., Any]

LINE = """\
dataset: gaussian
architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8]}
latent: {dim: 2}
train: {steps: 2, batch_size: 8, ema: 0.9}
device: cpu
"""


def test_nowhere_is_refused(gan: Gan) -> None:
    result = gan("plot-game", "nowhere")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "nowhere: there is no such checkpoint or run" in result.stderr


def test_an_unknown_ending_is_refused_before_anything_is_read(gan: Gan) -> None:
    result = gan("plot-game", "nowhere", "--out", "x.mp4")
    assert result.exit_code == 2
    assert "x.mp4: the ending says what is written; expected .gif" in result.stderr


def test_points_in_the_plane_are_refused(gan: Gan, points_run: Path) -> None:
    result = gan("plot-game", points_run)
    assert result.exit_code == 2
    assert "found data of shape (2,); expected points on a line" in result.stderr
    assert not Path("game.gif").exists()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("loss=wasserstein", "found the loss 'wasserstein'; expected 'minimax' or 'non-saturating'"),
        ("dataset={name: gaussian, sigma: 0.0}", "expected one with a density"),
    ],
)
def test_a_game_without_densities_or_probabilities_is_refused(
    gan: Gan, write: Callable[..., Path], override: str, message: str
) -> None:
    assert gan("train", write(LINE), override, "--quiet").exit_code == 0
    result = gan("plot-game", "runs/r")
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("override", ["loss=minimax", "loss=non-saturating", "latent.dim=1", "latent.prior=uniform"])
def test_every_game_with_densities_is_drawn(gan: Gan, write: Callable[..., Path], override: str) -> None:
    assert gan("train", write(LINE), override, "--quiet").exit_code == 0
    assert gan("plot-game", "runs/r", "--out", "x.png").stdout == "x.png\n"


def test_dirac_refuses_what_are_no_points(gan: Gan, write: Callable[..., Path]) -> None:
    result = gan("train", write("dataset: {name: mnist, source: embedded}\narchitecture: dirac\n"), "--dry-run")
    assert result.exit_code == 2
    assert "r.yaml:2:1: architecture: dirac draws points without labels" in result.stderr
