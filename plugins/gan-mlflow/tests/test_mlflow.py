"""A run of MLflow in a database: what is in it, and that a resumed training continues it without a step twice."""

from pathlib import Path
from typing import Any

import pytest
from gan_mlflow import MLflow
from gan_mlflow.mlflow_logger import ID

import gancli
from gancli import registry

pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # MLflow's and SQLAlchemy's own, from a dozen modules

POINTS = """\
dataset: ring
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
train: {steps: 4, batch_size: 8, log_every: 1, sample_every: 2}
device: cpu
log: [{name: mlflow, tracking_uri: "sqlite:///mlflow.db"}]
"""


@pytest.fixture(autouse=True)
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setattr("gancli.run.loggers.CLOSE_SECONDS", 300.0)  # its import and a new database take many seconds
    with registry.given(registry.made_of("logger", "mlflow", MLflow, "gan-mlflow", "0.1.0")):
        yield


def test_a_training_and_its_resume_are_one_run() -> None:
    Path("r.yaml").write_text(POINTS)
    for word, place in (("r.yaml", {"out": "run"}), ("train.steps=6", {"resume": "run"})):
        training = gancli.train(word, **place)  # type: ignore[arg-type]
        assert list(training)
        assert not [notice for notice in training.notices if "goes on without it" in notice]
    from mlflow.tracking import MlflowClient

    client = MlflowClient("sqlite:///mlflow.db")
    identity = Path("run", ID).read_text()
    found = client.get_run(identity)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "run")
    assert found.data.params["architecture.name"] == "mlp"
    assert [metric.step for metric in client.get_metric_history(identity, "losses/generator")] == [1, 2, 3, 4, 5, 6]
    pictures = [Path(file.path).name for file in client.list_artifacts(identity, "samples")]
    assert pictures == ["step-0000002.png", "step-0000004.png", "step-0000006.png"]


def test_offline_a_server_is_refused() -> None:
    with pytest.raises(ValueError, match="GAN_OFFLINE is set"):
        MLflow(tracking_uri="https://mlflow.example.org")


def test_zero_is_not_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_OFFLINE", "0")
    MLflow(tracking_uri="https://mlflow.example.org")  # which it contacts when it starts
