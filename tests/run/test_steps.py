"""A loop over a training: what every step says, and how the loop is left."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch

import gancli
from gancli.errors import UsageError
from gancli.run.step import Step
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder

GENERATOR_LOSSES = "gancli.models.vanilla.VanillaGAN.generator_losses"


def saved_step(run: str | Path = "run") -> int:
    return checkpoint.newest(Path(run)).step


def test_a_step_is_a_mapping_of_its_losses(write: Any, points: str) -> None:
    logged = []
    for step in gancli.train(write(points), out="run"):
        assert list(step) == ["discriminator", "generator"]
        assert step.losses == {name: loss.item() for name, loss in step.items()}
        assert isinstance(step["generator"], torch.Tensor)
        assert len(step) == 2
        logged.append((step.number, pytest.approx(step.losses["generator"], rel=1e-6)))
    assert [(line["step"], line["generator"]) for line in read_history(Path("run"))] == logged


def test_losses_become_numbers_when_they_are_looked_at(
    write: Any, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr("gancli.run.step.to_floats", lambda losses: calls.append(1) or {})
    for step in gancli.train(write(points)):
        if step.number == 3:
            assert (step.losses, step.losses) == ({}, {})
    assert calls == [1]


def test_a_step_says_where_and_how_fast_it_is(write: Any, points: str) -> None:
    steps = list(gancli.train(write(points), "train.checkpoint_every=4", out="run"))
    assert [step.number for step in steps if step.checkpoint] == [4, 6]
    assert steps[3].checkpoint == RunFolder(Path("run")).checkpoint(4)
    assert {step.directory for step in steps} == {Path("run")}
    seconds = [step.seconds for step in steps]
    assert seconds == sorted(seconds)
    for step in steps:
        assert step.steps_per_second == pytest.approx(step.number / step.seconds)
        assert (step.warnings, step.metrics) == ((), {})
    losses = steps[5].losses
    assert repr(steps[5]) == "<step 6 of 6: discriminator {discriminator:.3f}, generator {generator:.3f}>".format(
        **losses
    )


def test_a_step_of_a_resumed_run_counts_on(write: Any, points: str) -> None:
    list(gancli.train(write(points), out="run"))
    steps = list(gancli.train("train.steps=8", resume="run"))
    assert [step.number for step in steps] == [7, 8]
    assert steps[1].steps_per_second > 1.9 / steps[1].seconds  # of these two steps alone


def test_a_step_has_the_warnings_that_came_with_it(write: Any, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(monitor: Any, step: int, *_: Any) -> list[str]:
        return [f"number {step}"] if step in (2, 5) else []

    monkeypatch.setattr("gancli.monitoring.TrainingMonitor.after_step", warn)
    found = {step.number: step.warnings for step in gancli.train(write(points))}
    assert {number: warnings for number, warnings in found.items() if warnings} == {
        2: ("step 2: number 2",),
        5: ("step 5: number 5",),
    }


def test_a_step_has_the_metrics_of_its_own_evaluation(write: Any, points: str) -> None:
    evaluated = {step.number: step.metrics for step in gancli.train(write(points), "train.evaluate_every=4", out="run")}
    assert [number for number, metrics in evaluated.items() if metrics] == [4, 6]
    logged = {line["step"]: line["metrics"] for line in read_history(Path("run")) if "metrics" in line}
    assert {4: evaluated[4], 6: evaluated[6]} == logged


def test_samples_of_a_step_disturb_nothing(write: Any, digits: str) -> None:
    drawn = [step.samples(20) for step in gancli.train(write(digits), out="looked")]
    for _ in gancli.train(write(digits), out="unseen"):
        pass
    looked, unseen = (checkpoint.newest(Path(run)).tensors for run in ("looked", "unseen"))
    assert all(torch.equal(looked[name], unseen[name]) for name in unseen)
    assert torch.equal(drawn[-1], gancli.load("unseen").sample(20))  # the noise is that of the recipe's seed, 0
    assert not torch.equal(drawn[0], drawn[1])
    assert repr(drawn[0]).startswith("<20 images of shape (1, 28, 28) of classes 0, 1, ")
    assert drawn[0]._repr_png_() is not None


def left_by_break(steps: Any) -> None:
    for step in steps:
        if step.number == 3:
            break


def left_by_an_error(steps: Any) -> None:
    for step in steps:
        if step.number == 3:
            raise ZeroDivisionError


def left_by_ctrl_c(steps: Any) -> None:
    for step in steps:
        if step.number == 3:
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("the signal did not come")


@pytest.mark.parametrize("leave", [left_by_break, left_by_an_error, left_by_ctrl_c])
def test_a_loop_that_is_left_saves_and_another_goes_on(leave: Any, write: Any, points: str) -> None:
    run = gancli.train(write(points), out="run")
    try:
        leave(run)
    except (ZeroDivisionError, KeyboardInterrupt) as error:
        kept = error  # as a notebook keeps it, with all of its frames
        assert kept
    assert saved_step() == 3
    with pytest.raises(UsageError, match=r"run: this training was left at step 3; .* gancli.train\(resume='run'\)"):
        next(iter(run))
    assert [step.number for step in gancli.train(resume="run")] == [4, 5, 6]  # the folder is released
    list(gancli.train(write(points), out="whole"))
    left, whole = (checkpoint.newest(Path(name)).tensors for name in ("run", "whole"))
    assert all(torch.equal(left[name], whole[name]) for name in whole)


@pytest.mark.parametrize(
    "target", ["gancli.models.vanilla.VanillaGAN.generator_losses", "gancli.run.record.Record.log"]
)
@pytest.mark.parametrize("is_block", [False, True])
def test_ctrl_c_in_a_step_waits_for_its_end(
    target: str, *, is_block: bool, write: Any, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_in(target, 3, monkeypatch)
    run, numbers = gancli.train(write(points), out="run"), []

    def loop() -> None:
        numbers.extend(step.number for step in run)

    def block() -> None:
        with run:
            loop()

    with pytest.raises(KeyboardInterrupt):
        block() if is_block else loop()
    assert numbers == [1, 2]
    assert saved_step() == 3
    assert [line["step"] for line in read_history(Path("run"))] == [1, 2, 3]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def interrupt_in(target: str, call: int, monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Have this process send itself SIGINT as a method is called for the n-th time."""
    place, _, name = target.rpartition(".")
    module, _, owner = place.rpartition(".")
    method = getattr(getattr(__import__(module, fromlist=[owner]), owner), name)
    calls = 0

    def interrupted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        for _ in range(times if calls == call else 0):
            os.kill(os.getpid(), signal.SIGINT)
        return method(*arguments, **options)

    monkeypatch.setattr(target, interrupted)


def test_a_second_ctrl_c_does_not_wait_and_saves_no_half_step(
    write: Any, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_in(GENERATOR_LOSSES, 3, monkeypatch, times=2)
    with pytest.raises(KeyboardInterrupt):
        list(gancli.train(write(points), "train.checkpoint_every=1", out="run"))
    assert saved_step() == 2


def test_ctrl_c_ends_an_evaluation_at_once_and_a_resume_makes_it(
    write: Any, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = write(points)
    with monkeypatch.context() as patch:
        interrupt_in("gancli.evaluation.validator.Validator.evaluate", 1, patch)
        with pytest.raises(KeyboardInterrupt):
            list(gancli.train(recipe, "train.evaluate_every=4", out="run"))
    assert saved_step() == 4
    list(gancli.train(resume="run"))
    assert [line["step"] for line in read_history(Path("run")) if "metrics" in line] == [4, 6]


def test_the_command_line_keeps_its_own_handler(write: Any, points: str) -> None:
    seen = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        for step in gancli.train(write(points)):
            if step.number == 2:
                os.kill(os.getpid(), signal.SIGINT)
        assert seen == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_steps_are_public() -> None:
    assert gancli.Step is Step
