"""What a table says in words is what its numbers say, beside those of real data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.evaluation import METRICS, Score, documentation_page, interpret, with_arrow
from gancli.evaluation.interpretation import BETTER
from gancli.evaluation.standard import NAMES


def scores(**values: tuple[float, float]) -> dict[str, Score]:
    return {name.replace("_", " "): Score((found, found), (real, real)) for name, (found, real) in values.items()}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"copied": (0.001, 0.001)}, "no sign of copying"),
        ({"copied": (0.4, 0.001)}, "40 % of the samples copy a training image"),
        ({"copied": (0.3, 0.25)}, "no sign of copying"),  # where real data repeats itself as often
        ({"copied": (0.0, 0.0), "coverage": (0.06, 0.98)}, "no sign of copying; it shows 6 % of the variety of"),
        ({"coverage": (0.99, 0.97)}, "it shows 100 % of the variety of the real data"),
        ({"copied": (0.0, 0.0), "repeated": (1.0, 0.0)}, "no sign of copying; 100 % of the samples repeat another"),
        ({"FD": (4.0, 0.5)}, "its distance FD is 8 times that of other real images"),
        ({"FD": (96.4, 0.25)}, "its distance FD is 390 times that of other real images"),
        ({"FID": (8.0, 4.0)}, "its distance FID is 2 times that of other real images"),
        ({"FD": (0.5, 0.5)}, "its distance FD is that of other real images"),
        ({"agreement": (0.999, 0.98)}, "more than 99 % are of the class that was asked for (of real images 98 %)"),
        ({"modes": (7, 8), "high_quality": (0.5, 0.98)}, "it draws 7 of 8 modes, with 50 % of its points in one of"),
        ({"KD": (0.5, 0.1)}, ""),
    ],
)
def test_what_is_said(given: dict[str, tuple[float, float]], words: str) -> None:
    assert interpret(scores(**given)).startswith(words)


def test_what_is_not_known_is_not_said() -> None:
    assert interpret({"copied": Score((0.0,)), "coverage": Score((float("nan"),), (1.0,))}) == ""


def test_every_number_has_its_sign_and_stands_on_the_page() -> None:
    names = {name for metric in METRICS.values() for name in metric.gives}
    assert names | {*NAMES.values()} == BETTER.keys()
    assert (with_arrow("FD"), with_arrow("coverage"), with_arrow("density")) == ("FD ↓", "coverage ↑", "density ≈")
    page = documentation_page().read_text()
    assert all(name in page for name in names)


def test_a_dataset_that_no_metric_fits_gets_the_way_out(
    gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    gan("train", write(points.replace("dataset: ring", "dataset: {name: gaussian, sigma: 0}")), "--quiet")
    for command in ("evaluate", "compare"):
        result = gan(command, "runs/r")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "applies to gaussian: they are for images and for mixtures of Gaussians with a width" in result.stderr
        assert "gan sample RUN" in result.stderr
