"""A clock that is wrong, or is set in the middle, changes neither what is trained nor what is the newest."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder


@pytest.mark.parametrize(
    "jump", [-10 * 365 * 86400, 10 * 365 * 86400, -3600, 1], ids=["past", "future", "hour", "leap"]
)
def test_a_clock_that_is_set_in_the_middle(
    said_in: Any, before: Any, command: Any, recipe: Path, outcome: Any, jump: int
) -> None:
    def prepare() -> None:
        now, nanoseconds, jumps = time.time, time.time_ns, list[int]()
        before("gancli.training.algorithm.descend", jumps.append)
        time.time = lambda: now() + jump * len(jumps)
        time.time_ns = lambda: nanoseconds() + jump * len(jumps) * 10**9

    assert said_in("train", recipe, "--out", "other", prepare=prepare)[0] == 0
    assert command("train", recipe, "--out", "run", "--quiet") == (0, "")
    assert outcome(Path("other")) == outcome(Path("run"))
    seconds = [line["seconds"] for line in read_history(Path("other")) if "seconds" in line]
    assert seconds == sorted(seconds)
    assert 0 <= seconds[0] <= seconds[-1] < 600


@pytest.mark.parametrize("years", [-10, 10])
def test_the_newest_checkpoint_is_that_of_the_last_step(command: Any, recipe: Path, years: int) -> None:
    pace = ["train.checkpoint_every=1", "train.keep=6"]
    assert command("train", recipe, *pace, "--out", "run", "--quiet")[0] == 0
    paths = RunFolder(Path("run")).checkpoints()
    for age, path in enumerate(paths):
        then = time.time() + age * years * 365 * 86400
        os.utime(path, (then, then))
    assert checkpoint.newest(Path("run")).step == 6
    assert command("train", "--resume", "run", "train.steps=7", "train.keep=1", "--quiet")[0] == 0
    assert [path.name for path in RunFolder(Path("run")).checkpoints()] == ["step-0000007.safetensors"]
