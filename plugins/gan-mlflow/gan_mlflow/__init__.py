"""MLflow (https://mlflow.org) as a logger for gan."""

from gan_mlflow.mlflow_logger import MLflow

__all__ = ["MLflow"]
