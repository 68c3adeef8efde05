"""Killed at every call that writes, a run that starts from other networks ends in the same bits, or never began."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.storage.run_folder import RunFolder

PACE = ["train.steps=3", "train.checkpoint_every=2", "train.sample_every=9"]


@pytest.mark.parametrize("half", [False, True], ids=["before", "within"])
def test_killed_at_every_call(
    disk: Any, command: Any, fork: Any, write: Any, points: str, outcome: Any, half: bool
) -> None:
    assert command("train", write(points), "--out", "first", "--quiet") == (0, "")
    train = ["train", "r.yaml", *PACE, "--quiet", "--from", "first", "--out"]
    with disk(Path("whole")).recorded() as seen:
        assert command(*train, "whole") == (0, "")
    whole = outcome(Path("whole"))
    names = [Path(to[0]).name for name, _, *to in seen.calls if name == "replace"]
    assert names[:2] == ["step-0000000.safetensors", "recipe.yaml"]
    begun = [Path(path).name for _, path, *_ in seen.calls].index("history.jsonl")
    for number, (name, path, *_) in enumerate(seen.calls[: begun + 4]):  # what comes later, others have seen
        if half and name != "write":
            continue
        run = RunFolder(Path(f"killed-{number}"))

        def die(at: int, _name: str, write_half: Callable[[], object], number: int = number) -> None:
            if at == number:
                if half:
                    write_half()
                os._exit(137)

        def body(run: Path = run.path, die: Any = die) -> int:
            with disk(run, die).recorded():
                return int(command(*train, run)[0])

        assert fork(body) == 137, f"{name} {path} was not reached"
        shutil.move("first", "away")  # a run that has begun does not need it
        has_begun = run.recipe.exists() or run.newest() is not None
        if not has_begun:
            shutil.move("away", "first")
        assert command(*(["train", "--resume", run.path, "--quiet"] if has_begun else [*train, run.path])) == (0, "")
        if has_begun:
            shutil.move("away", "first")
        assert outcome(run.path) == whole, f"{name} {path}"
        assert [path.name for path in run.path.rglob("*.part")] == []


def test_a_failure_as_it_begins_leaves_nothing(
    command: Any, write: Any, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gancli.run import starting

    assert command("train", write(points), "--out", "first", "--quiet") == (0, "")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "recipe.yaml")

    monkeypatch.setattr(starting, "write_recipe", full)
    assert command("train", "r.yaml", "--from", "first", "--out", "second")[0] == 7
    assert not Path("second").exists()


@pytest.mark.full
def test_verified(command: Any, write: Any, points: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("train", write(points), "--out", "first", "--quiet") == (0, "")
    capsys.readouterr()
    code, _ = command("verify", "r.yaml", "--from", "first", "--steps", 4, "--kills", 1)
    assert code == 0
    assert capsys.readouterr().out.startswith("bit-identical\n")
