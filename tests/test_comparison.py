"""Rows are trained alike and judged alike, beside real data; nothing is done twice, and no row is lost."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gancli import checkpoint, comparison
from gancli.comparison import Comparison, entries
from gancli.errors import DivergedError, UsageError
from gancli.evaluation import Judge, choose
from gancli.run import Run

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
    rows = entries([str(it) for it in words], Path("out"), seeds)
    return comparison.compare(rows, choose(), follow, budget=budget, tell=lambda text: None, n=100, seeds=2)


def never(*_: Any) -> Any:
    raise AssertionError("it was done before")


def test_recipes_and_runs_stand_beside_real_data(gan: Gan, recipes: list[Path], points_run: Path) -> None:
    run = shutil.copytree(points_run, "earlier")
    result = gan("compare", *recipes, run, "--seeds", 2, "--out", "out", "--budget", "1h")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert [line[0] for line in lines if line[0] in ("real", "one", "two", "earlier")] == [
        "real",
        "one",
        "two",
        "earlier",
    ]
    assert "10,000 samples with 10,000 of the 100,000 training examples" in result.stdout
    found = json.loads(Path("out/comparison.json").read_text())
    assert found["real"]["modes"] == 8
    assert [len(row["trainings"]) for row in found["rows"]] == [2, 2, 1]
    first = found["rows"][0]
    assert [it["seed"] for it in first["trainings"]] == [0, 1]
    assert [it["run"] for it in first["trainings"]] == ["out/one/seed-0", "out/one/seed-1"]
    assert all(it["step"] == it["steps"] == 6 and it["note"] == "" for it in first["trainings"])
    score = first["scores"]["high quality"]
    assert score["values"] == [it["scores"]["high quality"] for it in first["trainings"]]
    assert score["mean"] == pytest.approx(sum(score["values"]) / 2)
    assert found["rows"][2]["scores"]["high quality"]["sd"] is None
    for row in found["rows"]:
        for training in row["trainings"]:
            judged = json.loads(Path(training["run"], "metrics.json").read_text())
            assert judged["protocol"] == found["protocol"]
    with Image.open("out/comparison.png") as image:
        assert image.width > image.height


def test_json_is_the_file(gan: Gan, recipes: list[Path]) -> None:
    result = gan("compare", recipes[0], "--seeds", 1, "--out", "out", "--json")
    assert result.stdout == Path("out/comparison.json").read_text() + "\n"
    assert "NaN" not in result.stdout  # the divergence from modes that nothing is near


def test_seeds_are_trainings_of_their_own(recipes: list[Path]) -> None:
    compare(recipes[:1], seeds=2)
    one, other = (checkpoint.newest(Path("out/one") / f"seed-{seed}") for seed in (0, 1))
    assert (one.recipe["seed"], other.recipe["seed"]) == (0, 1)
    assert checkpoint.digest(one.part("generator")) != checkpoint.digest(other.part("generator"))


def test_what_is_done_is_not_done_again(recipes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = compare(recipes, seeds=2)
    monkeypatch.setattr(Run, "create", never)
    monkeypatch.setattr(Run, "resume", never)
    monkeypatch.setattr(Judge, "__call__", never)
    assert compare(recipes, never, seeds=2).to_json() == before.to_json()


def test_another_protocol_is_judged_anew(recipes: list[Path]) -> None:
    compare(recipes)
    rows = entries(list(map(str, recipes)), Path("out"), 1)
    found = comparison.compare(rows, choose(), never, budget=1e9, tell=lambda text: None, n=50, seeds=2)
    assert found.protocol["n"] == json.loads(Path("out/one/seed-0/metrics.json").read_text())["protocol"]["n"] == 50


def test_what_is_half_trained_goes_on(recipes: list[Path]) -> None:
    assert compare(recipes[:1], stop_at(2)).rows[0].training == "2 of 6 steps"
    assert compare(recipes[:1]).rows[0].training == "6 steps"
    on = checkpoint.newest(Path("out/one/seed-0"))
    shutil.rmtree("out")
    compare(recipes[:1])
    assert checkpoint.digest(checkpoint.newest(Path("out/one/seed-0")).tensors) == checkpoint.digest(on.tensors)


def test_a_budget_counts_what_was_spent_before(recipes: list[Path]) -> None:
    compare(recipes[:1], stop_at(2))
    spent = checkpoint.newest(Path("out/one/seed-0")).seconds
    assert compare(recipes[:1], never, budget=spent).rows[0].trainings[0].step == 2
    assert compare(recipes[:1], budget=spent * 2).rows[0].trainings[0].step == 6


def test_a_spent_budget_ends_a_training(gan: Gan, recipes: list[Path]) -> None:
    result = gan("compare", recipes[0], "train.steps", "--budget", "0.001s", "--out", "out")
    assert result.exit_code == 2  # overrides are no rows
    result = gan("compare", recipes[0], "--seeds", 1, "--budget", "0.000001s", "--out", "out")
    assert result.exit_code == 0
    assert "1 of 6 steps" in result.stdout


def test_what_diverged_is_judged_by_its_last_good_checkpoint(recipes: list[Path]) -> None:
    error = DivergedError("step 5: the loss is not finite; the last good checkpoint is that of step 4")
    row = compare(recipes[:1], stop_at(4, error)).rows[0]
    assert row.training == "4 of 6 steps; diverged at step 5"
    assert row.trainings[0].scores["modes"].mean is not None
    assert compare(recipes[:1], never).rows[0].training == row.training  # it would diverge again


def test_a_row_without_a_checkpoint_stays(gan: Gan, recipes: list[Path], write: Write, points: str) -> None:
    bad = write(points + "loss: wasserstein\noptimizer: {name: sgd, lr: 1e20}\n", "bad.yaml")
    result = gan("compare", bad, recipes[0], "--seeds", 2, "--out", "out")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if line.split()[:1] == ["bad"])
    assert line.split()[1:4] == ["–", "–", "–"]
    assert "no steps; seed 0 diverged at step" in line
    assert len(json.loads(Path("out/comparison.json").read_text())["rows"]) == 2
    assert Path("out/comparison.png").exists()


def test_samples_that_are_nowhere_are_a_row_too(recipes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def diverged(*_: Any) -> Any:
        raise DivergedError("all samples are not finite")

    monkeypatch.setattr(Judge, "__call__", diverged)
    row = compare(recipes[:1]).rows[0]
    assert (row.training, row.trainings[0].scores) == ("6 steps; all samples are not finite", {})


def test_ctrl_c_saves_and_the_same_command_goes_on(
    gan: Gan, recipes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("compare", *recipes, "--seeds", 1, "--out", "out")
    with monkeypatch.context() as patched:
        patched.setattr("gancli.cli.display.PlainDisplay.update", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        result = gan(*command)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "stopped at step 1 of out/one/seed-0 and saved; the same command goes on" in result.stderr
    assert gan(*command).exit_code == 0
    assert checkpoint.newest(Path("out/one/seed-0")).step == 6
    with monkeypatch.context() as patched:
        patched.setattr("gancli.comparison.read_scores", lambda *_: None)
        patched.setattr(Judge, "__call__", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        result = gan(*command)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "stopped; the same command goes on" in result.stderr


def test_different_data_are_refused_before_anything_is_trained(
    gan: Gan, recipes: list[Path], write: Write, points: str, points_run: Path
) -> None:
    other = write(points.replace("dataset: ring", "dataset: {name: ring, modes: 9}"), "other.yaml")
    for words in ([recipes[0], other], [points_run, other]):
        result = gan("compare", *words, "--out", "out")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "other: is of the dataset ring (" in result.stderr
        assert not Path("out").exists()


def test_a_folder_of_another_recipe_is_refused(recipes: list[Path], write: Write, points: str) -> None:
    compare(recipes[:1])
    with pytest.raises(UsageError, match=r"out/one/seed-0: was trained by another recipe \(.*\[16\].*--out"):
        compare([write(points.replace("[16]", "[4]"), "one.yaml")])
    assert compare([write(points.replace("steps: 6", "steps: 8"), "one.yaml")]).rows[0].training == "8 steps"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["one.yaml", "one.yaml"], 2, "there is a row called 'one' already"),
        (["nowhere"], 2, "nowhere: there is no such file"),
        (["one.yaml", "--budget", "10"], 2, "--budget: found '10', expected a time such as 90s, 10m or 1h"),
        (["one.yaml", "--budget", "0m"], 2, "--budget"),
        (["one.yaml", "--metrics", "frechet"], 2, "none of the metrics frechet applies to ring"),
        (["one.yaml", "--metrics", "fid"], 2, "no metric"),
        (["one.yaml", "--out", "run"], 2, "run: is a run"),
        (["empty"], 4, "empty: holds no checkpoints"),
    ],
)
def test_refusals(
    gan: Gan, recipes: list[Path], points_run: Path, arguments: list[str], code: int, message: str
) -> None:
    shutil.copytree(points_run, "run")
    shutil.copytree(points_run, "empty", ignore=shutil.ignore_patterns("checkpoints"))
    result = gan("compare", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert not Path("comparison").exists()


def test_times_are_read() -> None:
    assert [comparison.seconds(it) for it in ("90s", "10m", "1.5h")] == [90, 600, 5400]
