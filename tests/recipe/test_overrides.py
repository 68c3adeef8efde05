"""Overrides change one key of a recipe; a bad one is named as it was typed, and all of them at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.errors import RecipeError
from gancli.recipe import Recipe

Load = Callable[..., Recipe]

LEAST = "dataset: ring\narchitecture: mlp\n"


def problems(load: Load, text: str, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(RecipeError) as caught:
        load(text, *overrides)
    return caught.value.problems


@pytest.mark.parametrize(
    ("overrides", "path", "expected"),
    [
        (["train.steps=7"], ("train", "steps"), 7),
        (["optimizer.lr=1e-4"], ("optimizer", "lr"), 1e-4),
        (["optimizer.generator.lr=1e-4"], ("optimizer", "generator", "lr"), 1e-4),
        (["architecture.label_dim=16"], ("architecture", "label_dim"), 16),  # on the short form `architecture: mlp`
        (["dataset=grid"], ("dataset", "side"), 5),
        (["dataset={name: grid, side: 3}"], ("dataset", "side"), 3),
        (["dataset={name: grid}", "dataset.side=4"], ("dataset", "side"), 4),
        (["loss=hinge"], ("loss",), {"name": "hinge"}),
        (["penalties=[r1]"], ("penalties",), [{"name": "r1", "every": 1, "gamma": 1.0}]),
        (["penalties=[r1]", "penalties.0.gamma=3.5"], ("penalties",), [{"name": "r1", "every": 1, "gamma": 3.5}]),
        (["train.steps=1", "train.steps=2"], ("train", "steps"), 2),
        (["architecture.generator_hidden=[4, 4]"], ("architecture", "generator_hidden"), [4, 4]),
    ],
)
def test_overrides(load: Load, overrides: list[str], path: tuple[str, ...], expected: Any) -> None:
    found: Any = load(LEAST, *overrides).values()
    for key in path:
        found = found[key]
    assert found == expected


def test_a_replaced_block_keeps_nothing_of_the_old_one(load: Load) -> None:
    text = "dataset: {name: ring, modes: 3}\narchitecture: mlp\n"
    assert "modes" not in load(text, "dataset=grid").values()["dataset"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.stpes=1", "argument 'train.stpes=1': train.stpes: unknown key; did you mean 'steps'?"),
        ("tarin.steps=1", "did you mean 'train'?"),
        ("architecture.widht=1", "architecture.widht: unknown key"),
        ("train.steps=x", 'train.steps: found "x"'),
        ("train.steps=", "train.steps: found null"),
        ("train.steps", "expected KEY=VALUE"),
        ("=3", "expected KEY=VALUE"),
        ("train..steps=3", "expected KEY=VALUE"),
        ("train.steps=[1", "not valid YAML"),
        ("train.steps=&a 1", "anchors and aliases"),
        ("seed.steps=1", "'steps' cannot be inside 0, which has no keys of its own"),
        ("penalties.3.gamma=1", "no entry 3 in a list of 1"),
        ("penalties.gamma=1", "no entry gamma in a list of 1"),
        ("penalties.-1.gamma=1", "no entry -1 in a list of 1"),
        ("penalties." + "9" * 5000 + "=1", "in a list of 1"),
        ("a." * 10_000 + "b=1", "deeper than 12 levels"),
        ("train.\udcff=1", "expected KEY=VALUE"),
        ("train.steps=\udcff", "which YAML forbids"),
        ("train.steps=" + "[" * 10_000, "deeper than 12 levels"),
        ("train.steps=" + "9" * 5000, "the number is too long"),
        ("optimizer.0=1", "optimizer.0: unknown key"),
        ("trаin.steps=1", "tr\\u0430in: unknown key; did you mean 'train'?"),
    ],
)
def test_bad_overrides_name_the_argument(load: Load, override: str, message: str) -> None:
    (problem,) = problems(load, LEAST + "seed: 0\npenalties: [r1]\n", override)
    assert problem.startswith(f"argument {override!r}")
    assert message in problem


def test_a_logger_of_the_command_line_is_named_as_it_was_written(load: Load) -> None:
    (problem,) = problems(load, LEAST, "log+=nope")
    assert problem.startswith("--log nope: log.0.name: found 'nope'")


def test_all_bad_overrides_come_at_once(load: Load) -> None:
    assert len(problems(load, LEAST, "a", "b", "train.steps=[")) == 3


def test_bad_overrides_exit_as_bad_recipes_do(gan: Callable[..., Any], points: str) -> None:
    Path("r.yaml").write_text(points)
    for command in (["recipe", "check"], ["train", "--dry-run"], ["train"]):
        result = gan(*command, "r.yaml", "train.stpes=3", "seed=x")
        assert result.exit_code == 2
        assert [line.partition(": ")[0] for line in result.output.splitlines()] == [
            "argument 'train.stpes=3'",
            "argument 'seed=x'",
        ]
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]
