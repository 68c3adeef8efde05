"""Recipes: every problem at once, each at its line; the resolved recipe loads back, and trains."""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import build, recipe
from gancli.errors import RecipeError
from gancli.recipe import Recipe
from gancli.run.run import Run
from tests.recipe.shipped import needed

Load = Callable[..., Recipe]
SHIPPED = sorted((Path(__file__).parents[2] / "recipes").rglob("*.yaml"))

LEAST = "dataset: ring\narchitecture: mlp\n"


def problems(load: Load, text: str, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(RecipeError) as caught:
        load(text, *overrides)
    return caught.value.problems


def test_defaults_are_filled_in_components_included(load: Load) -> None:
    values = load(LEAST + "optimizer: {name: adam, lr: 2e-4}\n").values()
    assert values["schema"] == 1
    assert values["dataset"] == {"name": "ring", "modes": 8, "radius": 1.0, "sigma": 0.01}
    assert values["architecture"]["generator_hidden"] == [256, 512, 1024]
    assert values["loss"] == {"name": "non-saturating", "label_smoothing": 0.0}
    assert values["optimizer"]["lr"] == 2e-4


@pytest.mark.parametrize(
    ("text", "place", "key", "message"),
    [
        (LEAST + "trian: {}\n", "3:1", "trian", "did you mean 'train'?"),
        (LEAST + "train:\n  step: 3\n", "4:3", "train.step", "did you mean 'steps'?"),
        (LEAST + "latent: {dims: 3}\n", "3:10", "latent.dims", "did you mean 'dim'?"),
        (LEAST + "shema: 1\n", "3:1", "shema", "did you mean 'schema'?"),
        (
            "dataset: ring\narchitecture: {name: mlp, label_dims: 3}\n",
            "2:27",
            "architecture.label_dims",
            "'label_dim'?",
        ),
        ("dataset: {name: rign}\narchitecture: mlp\n", "1:11", "dataset.name", "did you mean 'ring'?"),
        ("dataset: rign\narchitecture: mlp\n", "1:1", "dataset.name", "did you mean 'ring'?"),
        (
            LEAST + "penalties:\n- gradient-penalty\n- {name: r1, gama: 2}\n",
            "5:14",
            "penalties.1.gama",
            "did you mean 'gamma'?",
        ),
        (LEAST + "optimizer: {name: rmsprp}\n", "3:13", "optimizer.name", "did you mean 'rmsprop'?"),
        (LEAST + "optimizer: {name: adam, beta: [0.5, 0.9]}\n", "3:25", "optimizer.beta", "did you mean 'betas'?"),
        (
            LEAST + "optimizer:\n  name: adam\n  generator: {name: sgd, momentun: 0.5}\n",
            "5:26",
            "optimizer.generator.momentun",
            "did you mean 'momentum'?",
        ),
        (
            LEAST + "optimizer: {name: adam, lr: {form: 1, from: 1, to: 0}}\n",
            "3:30",
            "optimizer.lr.form",
            "mean 'from'?",
        ),
        (LEAST + "optimizer: {name: adam, lr: {from: 1, to: x}}\n", "3:39", "optimizer.lr.to", 'found "x"'),
        (LEAST + "optimizer: {name: adam, lr: fast}\n", "3:25", "optimizer.lr", 'found "fast"'),
        (LEAST + "train: {steps: '100'}\n", "3:9", "train.steps", 'found "100", expected a valid integer'),
        (LEAST + "train: {steps: 0}\n", "3:9", "train.steps", "found 0, expected greater than or equal to 1"),
        (LEAST + "train: {steps: 1.5}\n", "3:9", "train.steps", "found 1.5"),
        (LEAST + "train: {steps: true}\n", "3:9", "train.steps", "found true"),
        (LEAST + "train: 3\n", "3:1", "train", "found 3"),
        (LEAST + "latent: {scale: .inf}\n", "3:10", "latent.scale", "finite"),
        (LEAST + "latent: {prior: gauss}\n", "3:10", "latent.prior", "'normal' or 'uniform'"),
        (LEAST + "loss: {name: minimax, label_smoothing: 0.5}\n", "3:23", "loss.label_smoothing", "less than 0.5"),
        (LEAST + "device: gpu\n", "3:1", "device", "expected auto, cpu, cuda"),
        (LEAST + "schema: 2\n", "3:1", "schema", "found 2"),
        (LEAST + "model: {data: 3, name: gan}\n", "3:9", "model.data", "unknown key"),
        ("architecture: mlp\n", "1:1", "dataset", "missing"),
        ("dataset: {name: folder}\narchitecture: mlp\n", "1:", "dataset.root", "missing"),
    ],
)
def test_a_problem_names_its_place_its_key_and_the_way_out(
    load: Load, text: str, place: str, key: str, message: str
) -> None:
    (problem,) = problems(load, text)
    assert problem.startswith(f"r.yaml:{place}")
    assert f": {key}: " in problem
    assert message in problem


def test_all_problems_come_at_once_in_the_order_of_the_file(load: Load) -> None:
    found = problems(
        load,
        "seed: -1\n"
        "dataset: {name: rign}\n"
        "architecture: {name: mlp, label_dim: zero}\n"
        "loss: {name: hinge, label_smoothing: 0.1}\n"
        "optimizer: {name: adam, lr: {from: 1}, generator: {betas: 3}}\n"
        "train: {stesp: 1, batch_size: 0}\n"
        "nonsense: 1\n",
    )
    keys = [problem.split(": ")[1] for problem in found]
    assert keys == [
        "seed",
        "dataset.name",
        "architecture.label_dim",
        "loss.label_smoothing",
        "optimizer.lr.to",
        "optimizer.generator.betas",
        "train.stesp",
        "train.batch_size",
        "nonsense",
    ]
    lines = [int(problem.split(":")[1]) for problem in found]
    assert lines == [1, 2, 3, 4, 5, 5, 6, 6, 7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset: ring\narchitecture: dcgan\n", "which mlp can draw"),
        ("model: cgan\n" + LEAST, "no labels"),
        (LEAST + "optimizer: {name: adam, lr: -1.0}\n", "-1"),
    ],
)
def test_what_components_refuse_is_the_recipes_error(load: Load, text: str, message: str) -> None:
    with pytest.raises(RecipeError, match=r"^r\.yaml:\d+:1: ") as caught:
        build.training(load(text + "device: cpu\n"))
    assert message in str(caught.value)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_resolved_recipe_loads_back_as_the_same(load: Load, path: Path) -> None:
    first = recipe.load(path, needed(path))
    again = load(first.to_yaml())
    assert again.values() == first.values()
    assert again.to_yaml() == first.to_yaml()
    assert recipe.from_values(json.loads(json.dumps(first.values())), "x").values() == first.values()


def test_recipes_are_shipped_and_no_two_have_one_name() -> None:
    names = [path.stem for path in SHIPPED]
    assert {"mnist_cgan", "ring", "mnist_wgan_gp", "figure1"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_takes_two_steps(
    path: Path, picture: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.data.fashion_mnist.DEBIAN", Path(__file__).parents[1] / "fashion-mnist")
    small = ["train.steps=2", "train.batch_size=4", "device=cpu", *needed(path)]
    picture("pictures/1.png")
    if recipe.load(path, needed(path)).dataset.name in ("mnist", "stacked-mnist"):
        small.append("dataset.source=embedded")
    with Run.create(recipe.load(path, small)) as run:
        losses = list(itertools.chain.from_iterable(step.values() for step in run))
    assert len(losses) >= 4
    assert all(loss.isfinite() for loss in losses)
    assert list((run.directory / "checkpoints").glob("step-0000002.safetensors"))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optimizer.lr={from: 0, to: 1, shape: exponential}", "above 0"),
        ("optimizer.generator={name: 5}", "optimizer.generator"),
        ("optimizer.name=lbfgs", "not an optimizer of torch.optim"),
    ],
)
def test_an_optimizer_that_cannot_train_is_refused(load: Callable[..., Any], override: str, message: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(message)):
        load("dataset: ring\narchitecture: mlp\n", override)


def test_what_an_architecture_refuses_is_blamed_on_its_own_line(
    gan: Callable[..., Any], write: Callable[..., Any]
) -> None:
    write("dataset: ring\nmodel: gan\narchitecture: dcgan\n")
    result = gan("train", "r.yaml", "--dry-run")
    assert result.exit_code == 2
    assert "r.yaml:3:1: architecture: dcgan draws images" in result.output
