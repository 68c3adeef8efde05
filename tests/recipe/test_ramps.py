"""A ramp that is held for a share of its steps, on a longer and a shorter run."""

from collections.abc import Callable

import pytest

from gancli.recipe import Recipe, ramps

Load = Callable[..., Recipe]

TEXT = "dataset: ring\narchitecture: mlp\noptimizer: {name: adam, lr: {from: 4.0, to: 1.0, after: 0.5}}\n"


def test_it_is_held_for_a_share_of_the_training_and_then_changes(load: Load) -> None:
    ramp = ramps.ramps(load(TEXT, "train.steps=100"))["optimizer.lr"]
    assert (ramp.steps, ramp.after) == (100, 0.5)
    values = {step: ramps.value(ramp, step) for step in (0, 50, 75, 100, 200)}
    assert values == {0: 4.0, 50: 4.0, 75: 2.5, 100: 1.0, 200: 1.0}


def test_a_longer_run_keeps_it_and_names_the_command_that_stretches_it(load: Load) -> None:
    before = load(TEXT, "train.steps=100")
    after = load(before.to_yaml(), "train.steps=200")
    assert ramps.kept(before, after, 100, "gan train x") == (
        "optimizer.lr stays at 1 from step 100 on, because the run was started with a ramp over 100 steps; "
        "for a ramp over 200 steps, which sets optimizer.lr to 4 at step 100, run: gan train x optimizer.lr.steps=200"
    )
    stretched = load(before.to_yaml(), "train.steps=200", "optimizer.lr.steps=200")
    assert ramps.kept(before, stretched, 100, "gan train x") == ""
    assert ramps.changed(before, stretched, 150) == [
        "optimizer.lr.steps: 100 → 200; at step 150, optimizer.lr goes from 1 to 2.5"
    ]


@pytest.mark.parametrize(("step", "value"), [(20, 4.0), (40, 4.0), (60, 3.4)])
def test_a_shorter_run_ends_on_its_way(load: Load, step: int, value: float) -> None:
    before = load(TEXT, "train.steps=100")
    ramp = ramps.ramps(load(before.to_yaml(), f"train.steps={step}"))["optimizer.lr"]
    assert ramps.value(ramp, step) == pytest.approx(value)
