"""Runs that are made of files alone, without a training."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gancli.recipe import strict_yaml
from gancli.storage.run_folder import RunFolder

RECIPE: dict[str, Any] = {
    "schema": 1,
    "dataset": {"name": "ring", "modes": 8, "radius": 1.0, "sigma": 0.01},
    "model": {"name": "gan"},
    "architecture": {"name": "mlp"},
    "loss": {"name": "non-saturating", "label_smoothing": 0.0},
    "penalties": [{"name": "r1", "every": 1, "gamma": 0.1}],
    "train": {"steps": 100, "batch_size": 8},
    "seed": 0,
}


@pytest.fixture
def made() -> Callable[..., Path]:
    """``made("run", lines, pictures=3)`` makes the folder of a run without a checkpoint."""

    def make(
        name: str, history: Iterable[dict[str, Any]] = (), *, recipe: dict[str, Any] | None = None, pictures: int = 0
    ) -> Path:
        folder = RunFolder(Path(name))
        folder.path.mkdir(parents=True)
        folder.recipe.write_text(strict_yaml.dump(RECIPE if recipe is None else recipe))
        folder.history.write_text("".join(json.dumps(line) + "\n" for line in history))
        for index in range(1, pictures + 1):
            path = folder.samples(10 * index)
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(np.full((16, 16), index, np.uint8)).save(path)
        return folder.path

    return make


def lines(n: int, every: int = 10) -> list[dict[str, Any]]:
    """A history of two losses."""
    numbers = np.random.default_rng(0).random((n, 2)).round(5).tolist()
    return [
        {"step": every * step, "discriminator": round(1 + d, 5), "generator": g, "seconds": step / 10}
        for step, (d, g) in enumerate(numbers, 1)
    ]
