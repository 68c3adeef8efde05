"""Runs to explore."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gancli
from gancli.cli import app
from tests.conftest import DIGITS
from tests.explore.explored import TUNABLE, TUNABLE_RECIPE


@pytest.fixture(scope="session")
def steps_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny conditional GAN with three checkpoints; only to be read."""
    folder = tmp_path_factory.mktemp("steps")
    (folder / "digits.yaml").write_text(DIGITS)
    words = ["train.checkpoint_every=1", "train.keep=3", "--out", str(folder / "run"), "--quiet"]
    result = CliRunner().invoke(app, ["train", str(folder / "digits.yaml"), *words])
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture
def tunable_run(install: Callable[..., None], write: Callable[..., Path]) -> Path:
    """A run of a model that has sampling options of all kinds."""
    install("gan-tunable", "gancli.models", {"tunable": "gan_tunable:Tunable"}, TUNABLE)
    for _ in gancli.train(write(TUNABLE_RECIPE), out="tunable"):
        pass
    return Path("tunable")
