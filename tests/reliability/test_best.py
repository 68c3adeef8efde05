"""Killed at every call that writes, an evaluated run ends with the same metrics and the same best checkpoint."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint

PACE = ["train.steps=5", "train.checkpoint_every=3", "train.sample_every=9", "train.evaluate_every=2"]
WIDE = ["dataset.sigma=0.3", "optimizer.lr=0.01"]  # where even a tiny generator hits something


@pytest.fixture
def ended(outcome: Any) -> Callable[[Path], Any]:
    """``ended(run)`` is what it came to, and its best checkpoint with it."""

    def read(run: Path) -> Any:
        best = Checkpoint.load(run / "checkpoints" / "best.safetensors")
        return outcome(run), best.step, best.best, checkpoint.digest(best.tensors)

    return read


@pytest.mark.parametrize("half", [False, True], ids=["before", "within"])
def test_killed_at_every_call(
    disk: Any, command: Any, fork: Any, write: Any, points: str, ended: Any, half: bool
) -> None:
    train = ["train", write(points), *PACE, *WIDE, "--quiet", "--out"]
    with disk(Path("whole")).recorded() as seen:
        assert command(*train, "whole") == (0, "")
    whole = ended(Path("whole"))
    assert [line["step"] for line in whole[0].history if "metrics" in line] == [2, 4, 5]
    written = [Path(to[0]).name for name, _, *to in seen.calls if name == "replace"]
    assert written.index("best.safetensors") < written.index("step-0000003.safetensors")
    evaluated = [name == "write" and b'"metrics"' in what[0] for name, _, *what in seen.calls].index(True)
    for number, (name, path, *_) in enumerate(seen.calls):
        if number < evaluated or (half and name != "write"):  # how a run begins, others have seen
            continue
        run = Path(f"killed-{number}")

        def die(at: int, _name: str, write_half: Callable[[], object], number: int = number) -> None:
            if at == number:
                if half:
                    write_half()
                os._exit(137)

        def body(run: Path = run, die: Any = die) -> int:
            with disk(run, die).recorded():
                return int(command(*train, run)[0])

        assert fork(body) == 137, f"{name} {path} was not reached"
        begun = (run / "recipe.yaml").exists()
        assert command(*(["train", "--resume", run, "--quiet"] if begun else [*train, run])) == (0, "")
        assert ended(run) == whole, f"{name} {path}"
        assert [path.name for path in run.rglob("*.part")] == []
