"""Memory that does not do ends a training with a size to try, and what was saved stays good."""

import errno
import os
import resource
from pathlib import Path
from typing import Any

import pytest
import torch

LARGE = ["train.batch_size=1000000", "train.steps=1"]


@pytest.mark.parametrize(
    "megabytes", [128, pytest.param(32, marks=pytest.mark.full), pytest.param(256, marks=pytest.mark.full)]
)
def test_memory_that_does_not_do_for_a_batch(said_in: Any, recipe: Path, outcome: Any, megabytes: int) -> None:
    assert said_in("train", recipe, *LARGE, "--out", "run", "--quiet") == (0, "")
    before = outcome(Path("run"))

    def limited() -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    code, said = said_in("train", "--resume", "run", "train.steps=3", "--quiet", prepare=limited)
    assert code == 8, said
    assert said == (
        "gan: step 2: out of memory on cpu with train.batch_size=1000000; "
        "the last good checkpoint is run/checkpoints/step-0000001.safetensors. "
        "Try a new run with train.batch_size=500000, or a smaller network\n"
    )
    assert outcome(Path("run")).tensors == before.tensors
    assert said_in("train", "--resume", "run", "train.steps=2", "--quiet") == (0, "")


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"),
        MemoryError(),
    ],
    ids=["cuda", "mps", "python"],
)
@pytest.mark.parametrize(
    ("size", "advice"), [(8, "train.batch_size=4, or a smaller network"), (1, "Try a new run with a smaller network")]
)
def test_a_device_without_memory_left(
    said_in: Any, before: Any, recipe: Path, outcome: Any, error: Exception, size: int, advice: str
) -> None:
    def fail(n: int) -> None:
        if n == 7:
            raise error

    pace = [f"train.batch_size={size}", "train.checkpoint_every=3"]
    found = said_in(
        "train",
        recipe,
        *pace,
        "--out",
        "run",
        "--quiet",
        prepare=lambda: before("gancli.training.algorithm.descend", fail),
    )
    assert found[0] == 8
    assert f"step 4: out of memory on cpu with train.batch_size={size}" in found[1]
    assert advice in found[1]
    assert outcome(Path("run")).step == 3
    assert said_in("train", recipe, *pace, "--out", "whole", "--quiet") == (0, "")
    assert said_in("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == outcome(Path("whole"))


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), "r.yaml")])
def test_no_memory_to_begin_with(said_in: Any, before: Any, recipe: Path, error: Exception) -> None:
    def fail(n: int) -> None:
        raise error

    found = said_in("train", recipe, "--quiet", prepare=lambda: before("gancli.build.trainings.dataset", fail))
    assert found == (8, "gan: out of memory; use a smaller network, batch or image\n")
    assert not Path("runs").exists()
