"""One recipe in variants: each is a row of its own, and all of them are checked before anything is trained."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.comparison import entries
from gancli.comparison.variants import variants
from gancli.errors import RecipeError, UsageError
from gancli.run.run import Run
from gancli.storage import checkpoint

Gan = Callable[..., Any]
Write = Callable[..., Path]


def names(*vary: str) -> list[str]:
    return [variant.name for variant in variants(vary)]


@pytest.mark.parametrize(
    ("vary", "expected"),
    [
        ([], [""]),
        (["loss=minimax,hinge"], ["loss=minimax", "loss=hinge"]),
        (["loss= minimax , hinge"], ["loss=minimax", "loss=hinge"]),
        (["train.steps=5"], ["train.steps=5"]),
        (["optimizer.lr=1e-4,0.5"], ["optimizer.lr=0.0001", "optimizer.lr=0.5"]),
        (["optimizer.betas=[0,0.9],[0.5,0.99]"], ["optimizer.betas=[0, 0.9]", "optimizer.betas=[0.5, 0.99]"]),
        (["penalties=[],[r1]"], ["penalties=[]", "penalties=[r1]"]),
        (
            ["architecture={name: mlp, label_dim: 4},dcgan"],
            ["architecture={name: mlp, label_dim: 4}", "architecture=dcgan"],
        ),
        (["a=1,2", "b=x,y"], ["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"]),
        (["a='1',true,'true','x, y'"], ["a='1'", "a=true", "a='true'", "a='x, y'"]),
    ],
)
def test_values_are_a_yaml_list_and_keys_are_multiplied(vary: list[str], expected: list[str]) -> None:
    assert names(*vary) == expected


@pytest.mark.parametrize(
    ("vary", "problem"),
    [
        (["loss"], "found 'loss', expected KEY=VALUE,VALUE"),
        (["loss="], "found 'loss=', expected KEY=VALUE"),
        (["=hinge"], "found '=hinge', expected KEY=VALUE"),
        (["loss=hinge,hinge"], "--vary loss: the value hinge is given twice"),
        (["loss=hinge", "loss=minimax"], "--vary loss: is given twice; give all of its values at once"),
        (["loss=[hinge"], "argument '--vary loss=[hinge': not valid YAML"),
        (["seed=1,2"], "choose their number with --seeds"),
    ],
)
def test_other_arguments_are_refused(vary: list[str], problem: str) -> None:
    with pytest.raises(UsageError) as error:
        variants(vary)
    assert problem in str(error.value)


def test_a_folder_does_not_depend_on_the_order_of_keys() -> None:
    (one,), (other,) = variants(["a=1", "b=2"]), variants(["b=2", "a=1"])
    assert (one.folder, one.name) == (other.folder, "a=1 b=2")
    folders = [variant.folder for variant in variants(["a=1,'1',{b: 1},[b],x/y,..", "b=1,2"])]
    assert len(set(folders)) == len(folders) == 12
    assert all("/" not in folder and folder not in ("", ".", "..") for folder in folders)


def test_a_variant_is_the_recipe_with_its_override(write: Write, points: str) -> None:
    path = write(points, "one.yaml")
    rows = entries([str(path)], Path("out"), 2, ["loss=minimax,hinge", "architecture.generator_hidden=[8],[4, 4]"])
    assert [row.name for row in rows][:2] == [
        "loss=minimax architecture.generator_hidden=[8]",
        "loss=minimax architecture.generator_hidden=[4, 4]",
    ]
    assert [recipe.seed for recipe in rows[3].trainings.values()] == [0, 1]
    for recipe in rows[3].trainings.values():
        assert (recipe.loss.name, recipe.architecture.options["generator_hidden"]) == ("hinge", [4, 4])
    assert len({place for row in rows for place in row.trainings}) == 8


def test_words_change_all_recipes_and_have_a_folder_of_their_own(write: Write, points: str, tmp_path: Path) -> None:
    path, other = str(write(points)), str(write(points, "other.yaml"))
    rows = entries([path, other, "train.steps=3"], tmp_path / "out", 1, ["train.k_steps=1,2"])
    trained = [recipe for row in rows for recipe in row.trainings.values()]
    assert {recipe.train.steps for recipe in trained} == {3}
    assert [recipe.train.k_steps for recipe in trained] == [1, 2, 1, 2]
    assert all("train.steps" not in row.name for row in rows)
    elsewhere = [place for row in entries([path, "train.steps=4"], tmp_path / "out", 1) for place in row.trainings]
    plain = [place for row in entries([path], tmp_path / "out", 1) for place in row.trainings]
    assert len({*elsewhere, *plain, *(place for row in rows for place in row.trainings)}) == 6


def test_words_leave_a_run_as_it_was_trained(write: Write, points: str, points_run: Path, tmp_path: Path) -> None:
    rows = entries([str(write(points)), str(points_run), "train.steps=3"], tmp_path / "out", 1)
    assert next(row.first[1].train.steps for row in rows) == 3
    assert rows[1].is_trained
    with pytest.raises(UsageError, match="cannot be changed"):
        entries([str(points_run), "train.steps=3"], tmp_path / "out", 1)
    with pytest.raises(UsageError, match="choose their number with --seeds"):
        entries([str(write(points)), "seed=3"], tmp_path / "out", 1)


def test_several_recipes_stand_before_what_varies(write: Write, points: str, points_run: Path) -> None:
    paths = [str(write(points, name)) for name in ("one.yaml", "two.yaml")]
    rows = entries([*paths, str(points_run)], Path("out"), 1, ["loss=minimax,hinge"])
    assert [row.name for row in rows] == [
        "one loss=minimax",
        "one loss=hinge",
        "two loss=minimax",
        "two loss=hinge",
        "run",
    ]
    with pytest.raises(UsageError, match=r"--vary changes recipes, and .*run is a run"):
        entries([str(points_run)], Path("out"), 1, ["loss=hinge"])


def test_the_problems_of_all_variants_are_reported_at_once(write: Write, points: str) -> None:
    text = points + "loss: {name: non-saturating, real_label: 0.9}\n"
    with pytest.raises(RecipeError) as error:
        entries([str(write(text))], Path("out"), 2, ["loss=hing,hinge", "loss.real_label=0.8"])
    problems = error.value.problems
    assert "argument 'loss=hing': loss.name: found 'hing'" in problems[0]
    assert any("argument 'loss.real_label=0.8': loss.real_label: unknown key" in problem for problem in problems)
    with pytest.raises(RecipeError) as error:  # each problem of the file itself once, with no variant but its own
        entries([str(write(text + "sed: 1\n"))], Path("out"), 2, ["loss.real_label=0.7,0.8"])
    assert sum("sed: unknown key" in problem for problem in error.value.problems) == 1


def test_what_does_not_fit_together_is_reported_before_anything_is_trained(
    gan: Gan, write: Write, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "create", None)  # nothing is trained
    path = write(points)
    for vary, problem in (
        ("loss=minimax,hing", "argument 'loss=hing': loss.name: found 'hing'"),
        ("architecture=mlp,dcgan", "argument 'architecture=dcgan': architecture: dcgan draws images"),
        ("model=gan,cgan", "argument 'model=cgan': model: "),
    ):
        result = gan("compare", path, "--vary", vary, "--out", "out")
        assert (result.exit_code, result.stdout) == (2, "")
        assert problem in result.stderr
        assert not Path("out").exists()


def test_the_table_the_file_and_a_second_command(
    gan: Gan, write: Write, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (
        "compare",
        write(points, "one.yaml"),
        "--seeds",
        1,
        "--out",
        "out",
        "--budget",
        "1h",
        "--metrics",
        "modes",
    )
    result = gan(*command, "--vary", "loss=minimax,hinge")
    assert result.exit_code == 0, result.stderr
    assert [word for line in result.stdout.splitlines() for word in line.split()[:1] if "=" in word][:2] == [
        "loss=minimax",
        "loss=hinge",
    ]
    found = json.loads(Path("out/comparison.json").read_text())
    assert [row["name"] for row in found["rows"]] == ["loss=minimax", "loss=hinge"]
    for row, loss in zip(found["rows"], ("minimax", "hinge"), strict=True):
        (training,) = row["trainings"]
        assert training["run"] == f"out/one/loss-{loss}/seed-0"
        assert checkpoint.newest(Path(training["run"])).recipe["loss"]["name"] == loss
    monkeypatch.setattr(Run, "create", None)  # nothing is trained twice
    again = json.loads(gan(*command, "--vary", "loss=hinge", "--json").stdout)
    assert again["rows"] == found["rows"][1:]
