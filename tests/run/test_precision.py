"""``precision: auto`` takes bf16 where its steps are faster, and a run keeps what was taken."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli import recipe
from gancli.build import dataset
from gancli.recipe import Recipe
from gancli.run import precision
from gancli.run.rehearsal import Rehearsal
from gancli.storage import checkpoint

Load = Callable[..., Recipe]
Gan = Callable[..., Any]


@pytest.fixture(params=[0.5, 0.95])
def bf16_takes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """The time of a step in bf16, where one in fp32 takes 1: the clock is set, the steps are real."""
    make, seconds = Rehearsal.make, {}
    begin = Rehearsal.__init__

    def begun(self: Rehearsal, recipe: Recipe, training: Any) -> None:
        begin(self, recipe, training)
        seconds[self] = request.param if recipe.precision == "bf16" else 1.0

    def made(self: Rehearsal, step: int) -> float:
        make(self, step)
        return seconds[self]

    monkeypatch.setattr(Rehearsal, "__init__", begun)
    monkeypatch.setattr(Rehearsal, "make", made)
    return request.param


def test_the_faster_precision_is_taken_if_it_is_worth_its_rounding(
    load: Load, pictures: str, bf16_takes: float
) -> None:
    chosen, (notice,), _ = precision.choose(load(pictures, "precision=auto", "penalties=[{name: r1, every: 2}]"))
    assert chosen.precision == {0.5: "bf16", 0.95: "fp32"}[bf16_takes]
    expected = f"precision: {chosen.precision}; a step in bf16 takes {bf16_takes:.2f} of the time of one in fp32 here"
    assert notice == expected


def test_the_data_are_read_once(gan: Gan, write: Any, pictures: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(pictures)
    read: list[str] = []

    def noted(*given: Any) -> Any:
        read.append("dataset")
        return dataset(*given)

    monkeypatch.setattr("gancli.build.trainings.dataset", noted)
    assert gan("train", "r.yaml", "precision=auto", "train.steps=1").exit_code == 0
    assert read == ["dataset"]


@pytest.mark.parametrize("written", ["fp32", "bf16"])
def test_what_is_written_is_taken(load: Load, points: str, written: str) -> None:
    wanted = load(points, f"precision={written}")
    assert precision.choose(wanted) == (wanted, [], None)


def test_parts_of_a_minibatch_are_timed_as_they_are_computed(load: Load, points: str, bf16_takes: float) -> None:
    chosen, _, _ = precision.choose(load(points, "precision=auto", "train.batch_size=10", "train.accumulate=4"))
    assert (chosen.train.batch_size, chosen.train.accumulate) == (10, 4)


def test_a_run_keeps_what_was_taken(gan: Gan, write: Any, points: str, bf16_takes: float) -> None:
    write(points)
    taken = {0.5: "bf16", 0.95: "fp32"}[bf16_takes]
    auto = gan("train", "r.yaml", "precision=auto", "--out", "auto")
    assert f"precision: {taken}; a step in bf16" in auto.stderr
    assert recipe.load(Path("auto/recipe.yaml")).precision == taken
    assert checkpoint.newest(Path("auto")).recipe["precision"] == taken
    # Looking for it has not changed the training.
    assert gan("train", "r.yaml", f"precision={taken}", "--out", "written").exit_code == 0
    first, second = (checkpoint.digest(checkpoint.newest(Path(run)).tensors) for run in ("auto", "written"))
    assert first == second
    other = {"bf16": "fp32", "fp32": "bf16"}[taken]
    for word, code in (("auto", 0), (taken, 0), (other, 2)):
        assert gan("train", "--resume", "auto", f"precision={word}", "train.steps=60").exit_code == code
    assert checkpoint.newest(Path("auto")).recipe["precision"] == taken


def test_a_dry_run_says_what_would_be_taken(gan: Gan, write: Any, points: str, bf16_takes: float) -> None:
    write(points)
    result = gan("train", "r.yaml", "precision=auto", "--dry-run")
    assert f"on cpu in { {0.5: 'bf16', 0.95: 'fp32'}[bf16_takes] }" in result.stdout
    assert not Path("runs").exists()
