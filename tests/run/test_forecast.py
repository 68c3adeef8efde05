"""What a training takes: by --dry-run, and by the first steps of the training itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import build
from gancli.recipe import Recipe
from gancli.run import state
from gancli.run.forecast import Forecast, Forecaster, of
from gancli.run.rehearsal import rehearse
from gancli.run.step_times import StepTimes, due

LINE = re.compile(
    r"about [\d.]+ (ms|s) a step here, [\d.]+ (s|minutes|hours|days) in all; [\d.]+ [MG]B of memory, [\d.]+ MB of disk"
)
Load = Callable[..., Recipe]
LAZY = "penalties: [{name: r1, every: 4}, {name: r2, every: 2}]"


def times(load: Load, text: str) -> StepTimes:
    return StepTimes(build.training(load(text)).gan)


def test_lazy_terms_count_as_often_as_they_are_due(load: Load, points: str) -> None:
    gan = build.training(load(points + LAZY)).gan
    found = StepTimes(gan)
    # Of four steps, two have neither term, one has r2, and one has both.
    assert [due(gan, step) for step in range(4)] == [(), ("r2",), (), ("r1", "r2")]
    assert found.one_of_each == [0, 1, 3]
    for seconds, step in ((1.0, 0), (3.0, 1), (7.0, 3)):
        found.add(step, seconds)
    assert found.mean == pytest.approx((2 * 1 + 3 + 7) / 4)


def test_a_slow_step_in_between_does_not_count(load: Load, points: str) -> None:
    found = times(load, points)
    for seconds in (1.0, 1.0, 50.0):
        found.add(0, seconds)
    assert found.mean == 1.0


def test_what_was_not_measured_is_left_out_and_what_is_rare_need_not_be(load: Load, points: str) -> None:
    found = times(load, points + LAZY)
    found.add(0, 2.0)
    assert (found.mean, found.least_measured) == (2.0, 0)
    rare = times(load, points + "penalties: [{name: r1, every: 1000}]")
    assert rare.one_of_each == [0]
    rare.add(0, 2.0)
    assert rare.least_measured == 1
    rare.add(999, 1e6)  # as often as it comes
    assert rare.mean == pytest.approx(0.999 * 2 + 0.001 * 1e6)


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (
            Forecast(0.42, 2100, 1_300_000_000, 120_000_000),
            "about 0.42 s a step here, 35 minutes in all; 1.3 GB of memory, 120 MB of disk",
        ),
        (
            Forecast(0.013, 65, 800_000_000, 300_000, is_left=True),
            "about 13 ms a step here, 65 s left; 800 MB of memory, 0.3 MB of disk",
        ),
        (
            Forecast(12.4, 250_000, 40_000_000_000, 2_100_000_000, is_gpu=True, evaluations=10),
            "about 12 s a step here, 3 days in all without its 10 evaluations; 40 GB of GPU memory, 2.1 GB of disk",
        ),
        (
            Forecast(1, 228, 10**9, 10**7, evaluations=1),
            "about 1 s a step here, 3.8 minutes in all without its 1 evaluation; 1.0 GB of memory, 10 MB of disk",
        ),
        (Forecast(1, 228, 10**9, 10**7), "about 1 s a step here, 3.8 minutes in all; 1.0 GB of memory, 10 MB of disk"),
        (Forecast(1, 11_520, 10**9, 10**7), "about 1 s a step here, 3.2 hours in all; 1.0 GB of memory, 10 MB of disk"),
    ],
)
def test_the_words(forecast: Forecast, words: str) -> None:
    assert str(forecast) == words


def test_the_whole_is_the_steps_that_are_left_and_the_disk_that_of_what_is_kept(load: Load, points: str) -> None:
    recipe = load(points, "train.steps=1000", "train.sample_every=100", "train.keep=3", "train.evaluate_every=250")
    training = build.training(recipe)
    measured = StepTimes(training.gan)
    measured.add(0, 0.5)
    found = of(recipe, training, measured, 200, 1000)
    assert (found.step_seconds, found.seconds, found.is_left, found.evaluations) == (0.5, 400, True, 4)
    tensors = state.state_dict(training)[0].values()
    # Three checkpoints, the best, and the one that is being written; a picture at the start and eight more.
    assert found.disk == 5 * sum(tensor.nbytes for tensor in tensors) + 9 * 1000
    assert found.memory > 10**7
    assert not found.is_least


def forecaster(load: Load, points: str, steps: int, step: int = 0) -> Forecaster:
    recipe = load(points, f"train.steps={steps}")
    return Forecaster(recipe, build.training(recipe), step, picture=1000)


def test_a_training_says_it_once_and_early(load: Load, points: str) -> None:
    found = forecaster(load, points, 5000)
    found.after_step(1, 30.0)  # the first steps are slower
    found.after_step(2, 30.0)
    lines = []
    for step in range(3, 20):
        found.after_step(step, 0.5)
        lines.append(found.line)
    assert lines[:3] == [""] * 3  # two seconds are measured
    assert lines[3].startswith("about 0.5 s a step here, 42 minutes in all; ")
    assert set(lines[3:]) == {lines[3]}


def test_a_short_training_says_nothing(load: Load, points: str) -> None:
    found = forecaster(load, points, 20)
    for step in range(1, 21):
        found.after_step(step, 1.0)
    assert found.line == ""


def test_one_that_is_resumed_says_what_is_left(load: Load, points: str) -> None:
    found = forecaster(load, points, 5000, step=4000)
    for step in range(4001, 4010):
        found.after_step(step, 1.0)
    assert found.line.startswith("about 1 s a step here, 17 minutes left; ")


def test_it_waits_for_lazy_terms_but_not_for_ever(load: Load, points: str) -> None:
    found = forecaster(load, points + LAZY, 5000)
    for step in range(1, 11):
        found.after_step(step, 1.0)
        assert (found.line != "") == (step == 10)  # the second step, after the first two, in which r2 is due alone
    slow = forecaster(load, points + "penalties: [{name: r1, every: 16}]", 5000)
    for step in range(1, 4):
        slow.after_step(step, 31.0)
    assert "at least" in slow.line
    assert "at least" not in found.line


def test_a_rehearsal_makes_steps_of_every_kind(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = load(points + LAZY)
    training = build.training(recipe)
    made: list[tuple[str, ...]] = []
    losses = training.gan.discriminator_losses

    def noted(batch: Any) -> Any:
        found = losses(batch)
        made.append(tuple(name for name in found if name != "discriminator"))
        return found

    monkeypatch.setattr(training.gan, "discriminator_losses", noted)
    found = rehearse(recipe, training)
    assert {(), ("r2",), ("r1", "r2")} <= set(made)
    assert len(made) >= 2 + 3 * 3  # two to warm up, and three of each
    assert found.seconds == pytest.approx(6 * found.step_seconds)


def test_a_dry_run_measures_and_keeps_nothing(gan: Any, write: Any, pictures: str) -> None:
    write(pictures)
    before = sorted(Path().rglob("*"))
    result = gan("train", "r.yaml", "--dry-run")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("needs:")]
    assert LINE.fullmatch(line.removeprefix("needs:").strip())
    assert sorted(Path().rglob("*")) == before
