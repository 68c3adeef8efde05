"""Rows are trained and evaluated alike, with real data as the baseline; nothing is done twice, and no row is lost."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import comparison
from gancli.comparison import Comparison, Row, entries
from gancli.errors import DivergedError, UsageError
from gancli.evaluation import Evaluator, choose
from gancli.run.run import Run
from gancli.storage import checkpoint

Gan = Callable[..., Any]
Write = Callable[..., Path]


@pytest.fixture
def recipes(write: Write, points: str) -> list[Path]:
    """Two recipes of the same data."""
    return [write(points, "one.yaml"), write(points.replace("[16]", "[8]"), "two.yaml")]


def finish(run: Run, budget: float) -> None:
    for _ in run:
        pass


def stop_at(step: int, error: Exception | None = None) -> comparison.Follow:
    """Trains to a step, saves it, and is stopped there, or fails in the step after it."""

    def follow(run: Run, budget: float) -> None:
        for _ in run:
            if run.step == step:
                run.save()
                if error is not None:
                    raise error
                return

    return follow


def compare(words: list[Path], follow: comparison.Follow = finish, seeds: int = 1, budget: float = 1e9) -> Comparison:
    rows = entries([str(word) for word in words], Path("out"), seeds)
    return comparison.compare(rows, choose(), follow, budget=budget, announce=lambda text: None, n=100, seeds=2)


def without_time(row: Row) -> str:
    """What is said of a row's training, but for the seconds that this machine took."""
    said, timed = re.subn(r" in [\d,]+ s", "", row.training)
    assert timed == any(training.step is not None for training in row.trainings)
    return said


def never(*_: Any) -> Any:
    raise AssertionError("it was done before")


def test_seeds_are_trainings_of_their_own(recipes: list[Path]) -> None:
    compare(recipes[:1], seeds=2)
    one, other = (checkpoint.newest(Path("out/one") / f"seed-{seed}") for seed in (0, 1))
    assert (one.recipe["seed"], other.recipe["seed"]) == (0, 1)
    assert checkpoint.digest(one.part("generator")) != checkpoint.digest(other.part("generator"))


def test_what_is_done_is_not_done_again(recipes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = compare(recipes, seeds=2)
    monkeypatch.setattr(Run, "create", never)
    monkeypatch.setattr(Run, "resume", never)
    monkeypatch.setattr(Evaluator, "__call__", never)
    assert compare(recipes, never, seeds=2).to_json() == before.to_json()


def test_another_protocol_is_judged_anew(recipes: list[Path]) -> None:
    compare(recipes)
    rows = entries(list(map(str, recipes)), Path("out"), 1)
    found = comparison.compare(rows, choose(), never, budget=1e9, announce=lambda text: None, n=50, seeds=2)
    assert found.protocol["n"] == json.loads(Path("out/one/seed-0/metrics.json").read_text())["protocol"]["n"] == 50


def test_what_is_half_trained_goes_on(recipes: list[Path]) -> None:
    half = without_time(compare(recipes[:1], stop_at(2)).rows[0])
    assert half == "2 of 6 steps; stopped after 33% of its steps: not a full training"
    assert without_time(compare(recipes[:1]).rows[0]) == "6 steps"
    on = checkpoint.newest(Path("out/one/seed-0"))
    shutil.rmtree("out")
    compare(recipes[:1])
    assert checkpoint.digest(checkpoint.newest(Path("out/one/seed-0")).tensors) == checkpoint.digest(on.tensors)


def test_a_budget_counts_what_was_spent_before(recipes: list[Path]) -> None:
    compare(recipes[:1], stop_at(2))
    spent = checkpoint.newest(Path("out/one/seed-0")).seconds
    assert compare(recipes[:1], never, budget=spent).rows[0].trainings[0].step == 2
    assert compare(recipes[:1], budget=spent * 2).rows[0].trainings[0].step == 6


def test_what_diverged_is_judged_by_its_last_good_checkpoint(recipes: list[Path]) -> None:
    error = DivergedError("step 5: the loss is not finite; the last good checkpoint is that of step 4")
    error.step = 5
    row = compare(recipes[:1], stop_at(4, error)).rows[0]
    assert without_time(row) == "4 of 6 steps; stopped after 67% of its steps: not a full training; diverged at step 5"
    assert row.trainings[0].scores["modes"].mean is not None
    assert compare(recipes[:1], never).rows[0].training == row.training  # it would diverge again


def test_samples_that_are_nowhere_are_a_row_too(recipes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def diverged(*_: Any) -> Any:
        raise DivergedError("all samples are not finite")

    monkeypatch.setattr(Evaluator, "__call__", diverged)
    row = compare(recipes[:1]).rows[0]
    assert (without_time(row), row.trainings[0].scores) == ("6 steps; all samples are not finite", {})


def test_a_folder_of_another_recipe_is_refused(recipes: list[Path], write: Write, points: str) -> None:
    compare(recipes[:1])
    with pytest.raises(
        UsageError, match=r"out/one/seed-0: was trained by another recipe \(.*generator_hidden.*16 → 4.*--out"
    ):
        compare([write(points.replace("[16]", "[4]"), "one.yaml")])
    assert without_time(compare([write(points.replace("steps: 6", "steps: 8"), "one.yaml")]).rows[0]) == "8 steps"


def test_times_are_read() -> None:
    assert [comparison.seconds(budget) for budget in ("90s", "10m", "1.5h")] == [90, 600, 5400]
