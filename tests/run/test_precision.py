"""``precision: auto`` takes bf16 where its steps are faster, and a run keeps what was taken."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import recipe
from gancli.build import dataset
from gancli.recipe import Recipe
from gancli.run import precision
from gancli.run.rehearsal import Rehearsal
from gancli.storage import checkpoint
from gancli.training.bf16 import cost_of_bf16

Load = Callable[..., Recipe]
Gan = Callable[..., Any]


@pytest.fixture
def in_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with bf16 in hardware, whatever this one has."""
    monkeypatch.setattr(precision, "cost_of_bf16", lambda device: 0.6)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without."""
    monkeypatch.setattr(precision, "cost_of_bf16", lambda device: 80.2)


@pytest.fixture(params=[0.5, 0.95])
def bf16_takes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, in_hardware: None) -> Iterator[float]:
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


def test_the_data_are_read_once(
    gan: Gan, write: Any, pictures: str, monkeypatch: pytest.MonkeyPatch, in_hardware: None
) -> None:
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


EMULATED = "this machine emulates it, and a product of matrices takes 80 times as long as in fp32"


def test_fp32_is_taken_at_once_where_bf16_is_emulated(
    load: Load, points: str, emulated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "time_steps", None)
    chosen, notices, data = precision.choose(load(points, "precision=auto"))
    assert (chosen.precision, data) == ("fp32", None)
    assert notices == [f"precision: fp32, not bf16: {EMULATED}"]


def test_fp32_is_taken_after_the_first_steps_if_those_in_bf16_take_far_longer(
    load: Load, points: str, in_hardware: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "warm_up", lambda candidates: [1.0, 10.0])
    monkeypatch.setattr(precision, "time_steps", None)
    chosen, notices, data = precision.choose(load(points, "precision=auto"))
    assert chosen.precision == "fp32"
    assert notices == ["precision: fp32; a step in bf16 takes 10.00 of the time of one in fp32 here"]
    assert data is not None


def test_a_training_in_an_emulated_precision_is_warned_of(gan: Gan, write: Any, points: str, emulated: None) -> None:
    write(points)
    warning = f"bf16 is slow here: {EMULATED}; a new training is faster with precision=auto"
    new = ("r.yaml", "--out", "run")
    for command in (("r.yaml", "--dry-run"), new, ("--resume", "run", "train.steps=60")):
        assert warning in gan("train", *command, "precision=bf16").stderr, command
    assert "bf16 is slow" not in gan("train", "r.yaml", "precision=fp32", "--dry-run").stderr


def test_the_cost_of_bf16_is_measured_and_takes_no_random_numbers() -> None:
    before = torch.get_rng_state()
    assert 0 < cost_of_bf16(torch.device("cpu")) < 10_000
    assert torch.equal(torch.get_rng_state(), before)
