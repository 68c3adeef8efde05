"""``gan compare``: a table, its JSON and a picture; it continues after Ctrl-C, and refuses incomparable rows."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gancli import comparison
from gancli.evaluation import Evaluator
from gancli.storage import checkpoint

Gan = Callable[..., Any]
Write = Callable[..., Path]


@pytest.fixture
def recipes(write: Write, points: str) -> list[Path]:
    """Two recipes of the same data."""
    return [write(points, "one.yaml"), write(points.replace("[16]", "[8]"), "two.yaml")]


def test_the_table_has_as_many_columns_as_fit(gan: Gan, digits_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = shutil.copytree(digits_run, "a-run-of-digits")
    monkeypatch.setattr("gancli.evaluation.evaluator.NUM_EVALUATED", 100)
    compare, found = comparison.compare, list[Any]()

    def once(*arguments: Any, **options: Any) -> Any:
        found.extend([] if found else [compare(*arguments, **options)])
        return found[0]

    monkeypatch.setattr("gancli.comparison.compare", once)
    for width, columns in ((80, 3), (100, 4), (200, 7)):
        monkeypatch.setenv("COLUMNS", str(width))
        result = gan("compare", run)
        header, _, real, row = [line for line in result.stdout.splitlines() if line.strip()][:4]
        assert header.split()[:6] == ["FD", "↓", "coverage", "↑", "agreement", "↑"]  # none of them cut
        assert len(real.split()) == 2 + 3 * columns  # a mean ± a deviation
        assert row.rstrip().endswith(" s")
        assert len(row) <= width


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
    assert result.stdout.endswith("samples: out/comparison.png\nreport: out/report.html\n")
    assert "↑ more is better, ↓ less is better" in result.stdout
    assert "one: it draws " in result.stdout
    found = json.loads(Path("out/comparison.json").read_text())
    assert found["real"]["modes"] == 8
    assert [len(row["trainings"]) for row in found["rows"]] == [2, 2, 1]
    first = found["rows"][0]
    assert [training["seed"] for training in first["trainings"]] == [0, 1]
    assert [training["run"] for training in first["trainings"]] == ["out/one/seed-0", "out/one/seed-1"]
    assert all(training["step"] == training["steps"] == 6 and training["note"] == "" for training in first["trainings"])
    score = first["scores"]["high quality"]
    assert score["values"] == [training["scores"]["high quality"] for training in first["trainings"]]
    assert score["mean"] == pytest.approx(sum(score["values"]) / 2)
    assert found["rows"][2]["scores"]["high quality"]["sd"] is None
    for row in found["rows"]:
        for training in row["trainings"]:
            report = json.loads(Path(training["run"], "metrics.json").read_text())
            assert report["protocol"] == found["protocol"]
    with Image.open("out/comparison.png") as image:
        assert image.width > image.height


def test_json_is_the_file(gan: Gan, recipes: list[Path]) -> None:
    result = gan("compare", recipes[0], "--seeds", 1, "--out", "out", "--json")
    assert result.stdout == Path("out/comparison.json").read_text() + "\n"
    assert "NaN" not in result.stdout  # the divergence from modes that nothing is near


def test_a_spent_budget_ends_a_training(gan: Gan, recipes: list[Path]) -> None:
    result = gan("compare", recipes[0], "--seeds", 1, "--budget", "0.000001s", "--out", "out")
    assert result.exit_code == 0
    assert "1 of 6 steps" in result.stdout
    assert "stopped after 17% of its steps: not a full training" in result.stdout


def test_a_row_without_a_checkpoint_stays(gan: Gan, recipes: list[Path], write: Write, points: str) -> None:
    bad = write(points + "loss: wasserstein\noptimizer: {name: sgd, lr: 1e20}\n", "bad.yaml")
    result = gan("compare", bad, recipes[0], "--seeds", 2, "--out", "out")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if line.split()[:1] == ["bad"])
    assert line.split()[1:4] == ["–", "–", "–"]
    assert "no steps; seed 0 diverged at step" in line
    assert len(json.loads(Path("out/comparison.json").read_text())["rows"]) == 2
    assert Path("out/comparison.png").exists()


def test_ctrl_c_saves_and_the_same_command_continues(
    gan: Gan, recipes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("compare", *recipes, "--seeds", 1, "--out", "out")
    with monkeypatch.context() as patched:
        patched.setattr("gancli.terminal.display.PlainDisplay.update", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        result = gan(*command)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "stopped at step 1 of out/one/seed-0 and saved; the same command continues" in result.stderr
    assert gan(*command).exit_code == 0
    assert checkpoint.newest(Path("out/one/seed-0")).step == 6
    with monkeypatch.context() as patched:
        patched.setattr("gancli.comparison.comparing.read_scores", lambda *_: None)
        patched.setattr(Evaluator, "__call__", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        result = gan(*command)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "stopped; the same command continues" in result.stderr


def test_different_data_are_refused_before_anything_is_trained(
    gan: Gan, recipes: list[Path], write: Write, points: str, points_run: Path
) -> None:
    other = write(points.replace("dataset: ring", "dataset: {name: ring, modes: 9}"), "other.yaml")
    for words in ([recipes[0], other], [points_run, other]):
        result = gan("compare", *words, "--out", "out")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "other: uses the dataset ring (" in result.stderr
        assert not Path("out").exists()


def test_images_of_data_that_changed_since_are_not_judged(
    gan: Gan, write: Write, pictures: str, picture: Callable[..., Path]
) -> None:
    text = pictures.replace("root: pictures", "root: unlabelled").replace("model: cgan\n", "")
    command = ("compare", write(text, "p.yaml"), "--seeds", 1, "--metrics", "coverage", "--out", "out")
    for index in range(40):
        picture(f"unlabelled/{index}.png", index)
    result = gan(*command)
    assert result.exit_code == 0
    assert "note: the features are random" in result.stderr
    picture("unlabelled/3.png", 33)
    result = gan(*command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "out/p/seed-0: was trained on data that have changed since" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["one.yaml", "one.yaml"], 2, "there is a row called 'one' already"),
        (["nowhere"], 2, "nowhere: there is no such file"),
        (["one.yaml", "--budget", "10"], 2, "--budget: found '10', expected a time such as 90s, 10m or 1h"),
        (["one.yaml", "--budget", "0m"], 2, "--budget"),
        (["one.yaml", "--metrics", "frechet"], 2, "none of the metrics frechet applies to ring"),
        (["one.yaml", "--metrics", "fid"], 2, "not a metric"),
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
