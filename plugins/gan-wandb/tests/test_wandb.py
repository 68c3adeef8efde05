"""Runs of Weights & Biases without a network: what is in their files, and one id for a resumed training."""

from pathlib import Path
from typing import Any

import pytest
from gan_wandb import WeightsAndBiases
from gan_wandb.weights_and_biases import ID, STEP

import gancli
from gancli import LoggedRun, registry

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of wandb's own code

POINTS = """\
dataset: ring
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
train: {steps: 4, batch_size: 8, log_every: 1, sample_every: 2}
device: cpu
"""


@pytest.fixture(autouse=True)
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gancli.run.loggers.CLOSE_SECONDS", 300.0)  # a slow machine is not what is tested
    with registry.given(registry.made_of("logger", "wandb", WeightsAndBiases, "gan-wandb", "0.1.0")):
        yield


def offline_files() -> list[Path]:
    return sorted(Path("run/wandb").glob("offline-run-*/*.wandb"))


def test_a_training_and_its_resume_are_one_run() -> None:
    Path("r.yaml").write_text(POINTS)
    run = gancli.train("r.yaml", "log+=wandb", out="run")
    assert len(list(run)) == 4
    assert not [notice for notice in run.notices if "goes on without it" in notice]
    identity = Path("run/wandb", ID).read_text()
    assert [file.name for file in offline_files()] == [f"run-{identity}.wandb"]
    assert Path("run/wandb", STEP).read_text() == "4"
    assert len(list(Path("run/wandb").glob("offline-run-*/files/media/images/samples_*.png"))) == 2
    assert len(list(gancli.train(resume="run", recipe="train.steps=6"))) == 2
    assert {file.name for file in offline_files()} == {f"run-{identity}.wandb"}
    assert Path("run/wandb", STEP).read_text() == "6"


def test_what_it_has_is_not_asked_for_again() -> None:
    Path("run/wandb").mkdir(parents=True)
    Path("run/wandb", STEP).write_text("7")
    logger = WeightsAndBiases()
    assert logger.start(LoggedRun("run", Path("run"), {}, 5)) == 7
    logger.close("finished")


@pytest.mark.parametrize("offline", ["", "0"])
def test_without_an_account_online_is_refused(monkeypatch: pytest.MonkeyPatch, offline: str) -> None:
    monkeypatch.setenv("GAN_OFFLINE", offline)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    with pytest.raises(ValueError, match="wandb login, or write mode: offline"):
        WeightsAndBiases()
