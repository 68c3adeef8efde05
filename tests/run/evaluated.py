"""Runs that are trained to their end, and the metrics that they logged."""

from pathlib import Path
from typing import Any

from gancli.recipe import Recipe
from gancli.run.run import Run


def trained(recipe: Recipe, directory: str) -> Path:
    with Run.create(recipe, Path(directory)) as run:
        for _ in run:
            pass
    return run.directory


def evaluated(logged: list[dict[str, Any]]) -> dict[int, dict[str, float]]:
    """The metrics by step."""
    return {line["step"]: line["metrics"] for line in logged if "metrics" in line}
