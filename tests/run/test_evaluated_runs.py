"""A run that is evaluated as it goes: its numbers are right, they are shown, and nothing else is changed."""

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from gancli import metrics
from gancli.data import MNIST
from gancli.data.budget import Budget
from gancli.errors import RecipeError, UsageError
from gancli.evaluation import validator
from gancli.extractors import for_dataset, learnable
from gancli.recipe import Recipe
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint
from tests.run.evaluated import evaluated, trained

Load = Callable[..., Recipe]
History = Callable[[Path], list[dict[str, Any]]]

STEPS = ["train.steps=6", "train.checkpoint_every=3"]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validator, "NUM_VALIDATED", Budget(100, 100))


@pytest.mark.parametrize("text", ["digits", "points"])
def test_it_does_not_disturb(load: Load, request: pytest.FixtureRequest, history: History, text: str) -> None:
    recipe = request.getfixturevalue(text)
    often = trained(load(recipe, *STEPS, "train.evaluate_every=1"), "often")
    never = trained(load(recipe, *STEPS), "never")
    first, second = (checkpoint.newest(run).tensors for run in (often, never))
    assert any(name.startswith("rng.") for name in first)
    assert checkpoint.digest(first) == checkpoint.digest(second)
    assert [line for line in history(often) if "metrics" not in line] == history(never)
    assert not (never / "checkpoints" / "best.safetensors").exists()


@pytest.mark.parametrize(
    ("text", "overrides", "names"),
    [
        ("digits", [], ["FD", "coverage", "agreement", "rarest class"]),
        ("digits", ["model=gan"], ["FD", "coverage", "rarest class"]),
        ("points", [], ["modes", "high quality"]),
    ],
    ids=["cgan", "gan", "points"],
)
def test_what_is_logged_and_when(
    load: Load, request: pytest.FixtureRequest, history: History, text: str, overrides: list[str], names: list[str]
) -> None:
    recipe = load(request.getfixturevalue(text), *STEPS, "train.evaluate_every=4", *overrides)
    found = evaluated(history(trained(recipe, "run")))
    assert list(found) == [4, 6]
    assert [list(line) for line in found.values()] == [names, names]
    for value in itertools.chain.from_iterable(line.values() for line in found.values()):
        assert value == float(f"{value:.7g}") >= 0


def test_the_numbers_are_those_of_the_metrics(load: Load, digits: str, history: History) -> None:
    with Run.create(load(digits, *STEPS, "train.evaluate_every=3"), Path("run")) as run:
        for _ in run:
            pass
    data = MNIST(source="embedded")
    unseen = learnable(data).held_out()  # by the extractor
    assert unseen is not None
    x, y = unseen.gather(torch.arange(100), torch.Generator())
    samples = draw.sample(run.training.gan, run.training.generator, 100, labels=y)
    extractor = for_dataset(data, "mnist")
    real, fake, classes = extractor.features(x), extractor.features(samples), extractor.classes(samples)
    assert classes is not None
    assert evaluated(history(run.directory))[6] == {
        "FD": pytest.approx(metrics.frechet_distance(real, fake)),
        "coverage": pytest.approx(metrics.density_coverage(real, fake).coverage),
        "agreement": pytest.approx(metrics.agreement(classes.argmax(1), y)),
        "rarest class": pytest.approx(int(torch.bincount(classes.argmax(1), minlength=10).min()) / 100 * 10),
    }


def test_where_torch_fidelity_cannot_be_imported_no_run_begins(
    load: Load, digits: str, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch_fidelity.metric_fid", None)
    with pytest.raises(UsageError, match=r"torch-fidelity, which cannot be imported .*: pip install"):
        Run.create(load(digits, "train.evaluate_every=1"), Path("run"))
    assert not Path("run").exists()
    trained(load(digits), "never")
    trained(load(points, "train.evaluate_every=1"), "points")  # which need no features


def test_what_cannot_be_evaluated_is_refused_with_its_line(load: Load, points: str, pictures: str) -> None:
    Path("pictures/cat/1.png").unlink()
    for text, found in {
        points.replace("dataset: ring", "dataset: {name: gaussian, sigma: 0}"): "the dataset 'gaussian'",
        pictures: "19 examples to compare with, expected at least 20",
    }.items():
        text = text.replace("train: {", "train: {evaluate_every: 1, ")
        line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("train"))
        with pytest.raises(RecipeError, match=rf"r\.yaml:{line}:9: train\.evaluate_every: found {found}"):
            Run.create(load(text), Path("run"))
    assert not Path("run").exists()


def test_samples_that_are_not_finite_are_warned_of(load: Load, points: str) -> None:
    with Run.create(load(points, *STEPS, "train.evaluate_every=2"), Path("run")) as run:
        steps = iter(run)
        next(steps)
        with torch.no_grad():
            for weight in run.training.generator.parameters():  # the average, from which training takes nothing
                weight.fill_(1e38)
        next(steps)
    assert run.warnings == ["step 2: not evaluated: 100 of 100 samples are not finite"]
    assert run.metrics == {}


def test_it_is_shown_and_said_where_the_best_is(gan: Any, write: Any, digits: str) -> None:
    arguments = ["train", write(digits), *STEPS, "train.evaluate_every=2", "--out", "a run"]
    result = gan(*arguments)
    assert result.exit_code == 0, result.output
    assert "FD " in next(line for line in result.stderr.splitlines() if line.startswith("step 6/6"))
    said = result.stderr.splitlines()[-1]
    assert said.startswith("the best FD was ")
    assert said.endswith("use that step with: gan sample 'a run/checkpoints/best.safetensors'")
    sampled = gan("sample", "a run/checkpoints/best.safetensors", "--n", 4, "--json")
    assert json.loads(sampled.stdout)["step"] in (2, 4, 6)
    assert gan(*arguments[:-1], "quiet", "--quiet").stderr == ""


def test_the_figure_has_the_metrics_below_the_losses(gan: Any, load: Load, digits: str, points: str) -> None:
    trained(load(digits, *STEPS, "train.evaluate_every=2"), "evaluated")
    trained(load(points, *STEPS), "plain")
    assert gan("plot-losses", "evaluated", "plain", "--out", "both.svg").exit_code == 0
    drawn = Path("both.svg").read_text()
    for name in ("discriminator", "FD", "coverage", "agreement", "rarest class", "share"):
        assert f"<!-- {name} -->" in drawn
    assert "<!-- metrics -->" not in drawn
    heights = []
    for run in ("evaluated", "plain"):
        assert gan("plot-losses", run, "--out", f"{run}.png").exit_code == 0
        with Image.open(f"{run}.png") as image:
            heights.append(image.height)
    assert heights[0] - heights[1] == 2 * 1.5 * 150
