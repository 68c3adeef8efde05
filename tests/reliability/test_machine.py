"""On another machine a run says what is different, or is the same to the last bit."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.run import verification
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder

SURROUNDINGS = [
    {"PYTHONHASHSEED": "random", "LC_ALL": "C", "TZ": "America/St_Johns"},
    *(
        pytest.param(changes, marks=pytest.mark.full)
        for changes in (
            {"PYTHONHASHSEED": "0", "TZ": "Asia/Kathmandu"},
            {"PYTHONHASHSEED": "1", "TZ": "UTC"},
            {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
            {"LC_ALL": "de_DE.UTF-8", "TZ": "right/UTC"},  # where seconds leap
            {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
            {"PYTHONMALLOC": "debug", "MALLOC_PERTURB_": "165"},
            {"PYTHONOPTIMIZE": "1"},
        )
    ),
]


@pytest.fixture
def run(command: Any, recipe: Path) -> Path:
    """A finished run of six steps."""
    assert command("train", recipe, "--out", "run", "--quiet") == (0, "")
    return Path("run")


def changed(run: Path, **header: Any) -> None:
    (path,) = RunFolder(run).checkpoints()
    replace(checkpoint.Checkpoint.load(path), **header).save(path)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"threads": 7}, "threads 7, resumed with 1"),
        ({"torch": "2.0.0"}, f"torch 2.0.0, resumed with {torch.__version__}"),
        ({"cpu": "Z80"}, f"CPU instructions Z80, resumed with {torch.backends.cpu.get_cpu_capability()}"),
    ],
)
def test_another_machine_is_told_of_once_and_remembered(
    command: Any, run: Path, outcome: Any, header: dict[str, Any], words: str
) -> None:
    assert command("train", "r.yaml", "train.steps=8", "--out", "whole", "--quiet")[0] == 0
    changed(run, **header)
    code, said = command("train", "--resume", run, "train.steps=8")
    notice = f"saved with {words}: not bit-identical to one uninterrupted run"
    assert code == 0
    assert said.count("note: ") == said.count(f"note: {notice}\n") == 1
    assert [line for line in read_history(run) if "notice" in line] == [{"step": 6, "notice": notice}]
    assert outcome(run).tensors == outcome(Path("whole")).tensors  # for it is the same machine after all
    assert "note: " not in command("train", "--resume", run, "train.steps=9")[1]


def test_a_run_of_one_thread_goes_on_with_two(said_in: Any, run: Path, outcome: Any) -> None:
    found = said_in("train", "--resume", run, "train.steps=8", prepare=lambda: torch.set_num_threads(2))
    assert found[0] == 0
    assert "note: saved with threads 1, resumed with 2: not bit-identical" in found[1]
    assert outcome(run).step == 8


@pytest.mark.parametrize(
    ("device", "code", "words"),
    [
        ("cuda", 8, "available: cpu"),
        ("cuda:7", 8, "available: cpu"),
        ("mps", 8, "available: cpu"),
        ("banana", 2, "argument 'device=banana': device: "),
        ("cpu:0", 2, "argument 'device=cpu:0': device: "),
        ("auto", 0, ""),
    ],
)
@pytest.mark.parametrize("resumed", [False, True], ids=["new", "resumed"])
def test_a_device_that_is_not_there(
    command: Any,
    run: Path,
    outcome: Any,
    monkeypatch: pytest.MonkeyPatch,
    device: str,
    code: int,
    words: str,
    resumed: bool,
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    before = outcome(run)
    arguments = ["--resume", run] if resumed else ["r.yaml", "--out", "new"]
    found, said = command("train", *arguments, f"device={device}", "--quiet")
    assert found == code
    assert words in said
    assert device in said or not code
    assert outcome(run) == before
    assert Path("new").exists() == (not resumed and not code)


def test_the_devices_that_are_there_are_listed(command: Any, recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    code, said = command("train", recipe, "device=cuda:7")
    assert code == 8
    assert "found 'cuda:7', which this machine does not have; available: cpu, cuda:0, cuda:1" in said


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda it: " ".join(f"{k}={v}" for k, v in it.items()))
def test_the_surroundings_do_not_matter(
    write: Callable[..., Path], digits: str, command: Any, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    """A fresh process in another folder, of another locale, time zone and seed of hashes."""
    recipe = write(digits).resolve()
    assert command("train", recipe, "--out", "here", "--quiet") == (0, "")
    there = tmp_path / "elsewhere"
    there.mkdir()
    arguments = [sys.executable, "-m", "gancli", "train", recipe, "--out", "there", "--quiet"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | surroundings
    done = subprocess.run(arguments, cwd=there, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert verification.outcome(there / "there") == verification.outcome(Path("here"))
