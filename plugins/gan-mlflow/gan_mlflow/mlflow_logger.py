"""MLflow (https://mlflow.org): each training is a run there."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gancli import LoggedRun, Logger
from gancli.data_folder import offline
from gancli.files import write_whole
from gancli.loggers import End, curves

ID = "mlflow-run-id"  # a file in RUN
STATUS = {"finished": "FINISHED", "stopped": "KILLED", "diverged": "FAILED", "failed": "FAILED"}
MAX_PARAMETER, MAX_PARAMETERS = 500, 100  # characters of one, and how many at once: MLflow's own limits


class MLflow(Logger):
    """A run of MLflow, which a resumed training continues.

    Args:
        tracking_uri: a database such as ``sqlite:///mlflow.db``, or a server; by default MLflow's own choice.
        experiment: that the run belongs to.
    """

    def __init__(self, *, tracking_uri: str | None = None, experiment: str = "gan") -> None:
        self._uri, self._experiment = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI"), experiment
        if offline() and (self._uri or "").startswith(("http:", "https:", "databricks")):
            raise ValueError(
                f"GAN_OFFLINE is set, and {self._uri} is a server; write tracking_uri: sqlite:///mlflow.db"
            )

    def start(self, run: LoggedRun) -> int:
        from mlflow.entities import Param
        from mlflow.tracking import MlflowClient

        self._client = MlflowClient(self._uri)
        path = run.folder / ID
        if path.exists():
            self._id = path.read_text()
            self._client.update_run(self._id, status="RUNNING")
            return max((metric.step for metric in self._client.get_metric_history(self._id, "seconds")), default=-1)
        experiment = self._client.get_experiment_by_name(self._experiment)
        number = experiment.experiment_id if experiment else self._client.create_experiment(self._experiment)
        self._id = self._client.create_run(number, run_name=run.name).info.run_id
        parameters = [Param(key, str(value)[:MAX_PARAMETER]) for key, value in _flat(run.recipe)]
        for first in range(0, len(parameters), MAX_PARAMETERS):
            self._client.log_batch(self._id, params=parameters[first : first + MAX_PARAMETERS])
        write_whole(path, self._id.encode())
        return -1

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._log(step, curves("losses", values))

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        self._log(step, curves("metrics", metrics))

    def log_samples(self, step: int, picture: Path) -> None:
        self._client.log_artifact(self._id, str(picture), "samples")

    def log_text(self, step: int, kind: str, text: str) -> None:
        self._client.set_tag(self._id, f"{kind}.{step}", text)

    def close(self, end: End) -> None:
        self._client.set_terminated(self._id, STATUS[end])

    def _log(self, step: int, values: Mapping[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        self._client.log_batch(self._id, [Metric(name, value, now, step) for name, value in values.items()])


def _flat(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Nested values by their dotted keys: parameters have no structure."""
    if not isinstance(values, Mapping):
        yield path, values
        return
    for key, value in values.items():
        yield from _flat(value, f"{path}.{key}".lstrip("."))
