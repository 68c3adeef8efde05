"""The best step of a run has a checkpoint of its own, which is the same however often the run was killed."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.data.budget import Budget
from gancli.evaluation import validator
from gancli.recipe import Recipe
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.run_folder import RunFolder
from tests.run.evaluated import evaluated, trained

Load = Callable[..., Recipe]
History = Callable[[Path], list[dict[str, Any]]]

STEPS = ["train.steps=6"]
PACE = [*STEPS, "train.checkpoint_every=3", "train.evaluate_every=2"]
WIDE = ["dataset.sigma=0.3", "optimizer.lr=0.01"]  # where even a tiny generator hits something


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validator, "NUM_VALIDATED", Budget(100, 100))


def best_of(run: Path) -> Checkpoint:
    return Checkpoint.load(run / "checkpoints" / "best.safetensors")


@pytest.mark.parametrize(
    ("text", "overrides", "by", "choose"), [("digits", [], "FD", min), ("points", WIDE, "high quality", max)]
)
def test_the_best_step_is_kept(
    load: Load, request: pytest.FixtureRequest, history: History, text: str, overrides: list[str], by: str, choose: Any
) -> None:
    every = ["train.evaluate_every=1", "train.checkpoint_every=1", "train.keep=9"]
    recipe = load(request.getfixturevalue(text), *overrides, *STEPS, *every)
    run = trained(recipe, "run")
    found = {step: line[by] for step, line in evaluated(history(run)).items()}
    assert len(set(found.values())) > 1
    kept = best_of(run)
    assert kept.best == found[kept.step] == choose(found.values())
    of_that_step = Checkpoint.load(RunFolder(run).checkpoint(kept.step))
    assert checkpoint.digest(kept.tensors) == checkpoint.digest(of_that_step.tensors)
    assert checkpoint.newest(run).step == 6
    assert checkpoint.newest(run).best == kept.best


@pytest.mark.parametrize(("text", "overrides"), [("digits", []), ("points", WIDE)])
def test_a_resumed_run_finds_the_same(
    load: Load, request: pytest.FixtureRequest, history: History, text: str, overrides: list[str]
) -> None:
    """Killed after any step, it repeats what came after its checkpoint, the evaluations too."""
    recipe = load(request.getfixturevalue(text), *overrides, *PACE)
    whole = trained(recipe, "whole")
    for after in range(1, 6):
        killed = Path(f"killed-{after}")
        with Run.create(recipe, killed) as run:
            for _ in itertools.islice(run, after):
                pass
        torch.manual_seed(99)  # a new process has another state of torch's own
        with Run.resume(killed) as run:
            for _ in run:
                pass
        assert history(killed) == history(whole), f"killed after step {after}"
        for find in (checkpoint.newest, best_of):
            assert find(killed).step == find(whole).step
            assert checkpoint.digest(find(killed).tensors) == checkpoint.digest(find(whole).tensors)


def test_a_resumed_run_may_be_evaluated_at_another_pace(load: Load, points: str, history: History) -> None:
    trained(load(points, "train.evaluate_every=3"), "run")
    for pace, steps in ((0, 8), (1, 10)):
        with Run.resume(Path("run"), [f"train.evaluate_every={pace}", f"train.steps={steps}"]) as run:
            for _ in run:
                pass
    assert list(evaluated(history(Path("run")))) == [3, 6, 9, 10]
