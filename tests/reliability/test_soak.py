"""A long training does not grow: not in memory, not in open files, not on the disk."""

import itertools
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from gancli.recipe import Recipe
from gancli.run.run import Run


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


@pytest.mark.parametrize(
    "steps",
    [2_000, pytest.param(20_000, marks=pytest.mark.full), pytest.param(200_000, marks=pytest.mark.night)],
)
def test_a_long_training_does_not_grow(load: Callable[..., Recipe], points: str, steps: int) -> None:
    recipe = load(
        points, f"train.steps={steps}", "train.log_every=10", "train.sample_every=100", "train.checkpoint_every=100"
    )
    with Run.create(recipe, Path("run")) as run:
        loop = iter(run)
        for _ in itertools.islice(loop, steps // 4):  # what is allocated once is by then
            pass
        before, files = megabytes(), len(list(Path("/proc/self/fd").iterdir()))
        for _ in loop:
            pass
        assert megabytes() - before < 4 + steps / 10_000  # 1 MB in 10,000 steps, and what the allocator likes to keep
        assert len(list(Path("/proc/self/fd").iterdir())) == files - 2  # a finished run closes its history and its lock
    assert len(list(Path("run/checkpoints").iterdir())) == recipe.train.keep
