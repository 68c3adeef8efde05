"""A warning that advises to go back to an earlier checkpoint prints the command, which works."""

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gancli.evaluation.validator import Validator
from gancli.monitoring.monitor import TrainingMonitor
from gancli.monitoring.state import SampleCheck
from gancli.monitoring.warning_texts import WARNINGS
from gancli.recipe import Recipe
from gancli.run import suggestions
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

Gan = Callable[..., Any]
Load = Callable[..., Recipe]
PACE = ["train.checkpoint_every=2", "train.keep=9", "train.sample_every=2"]
WORSE = WARNINGS["worse"].fill({"distance": 0.9, "before": 0.1, "then": 2})


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> None:
    """At step 6, the samples get worse; they were nearest to the data at step 3."""

    def check(self: TrainingMonitor, step: int, *_: object) -> list[str]:
        self._state.nearest = SampleCheck(3, 0.1)
        return [WORSE] if step == 6 else []

    monkeypatch.setattr(TrainingMonitor, "check_samples", check)


def test_which_warnings_advise_it() -> None:
    advised = {kind for kind, text in WARNINGS.items() if text.goes_back}
    assert advised == {"low_diversity", "repeated", "worse"}


@pytest.mark.parametrize(
    ("kind", "changes", "advice"),
    [
        ("swings", ["loss=minimax"], "a lower optimizer.lr, loss=non-saturating, or penalties=[r1]"),
        ("swings", [], "a lower optimizer.lr or penalties=[r1]"),
        ("swings", ["penalties=[r1]"], "a lower optimizer.lr"),
        ("exploded", ["loss=wasserstein"], "a lower optimizer.lr or penalties=[gradient-penalty]"),
        ("exploded", ["loss=wasserstein", "penalties=[gradient-penalty]"], "a lower optimizer.lr"),
        ("saturated", ["penalties=[r1]", "loss=hinge"], "a lower optimizer.discriminator.lr"),
        (
            "saturated",
            ["penalties=[r1]", "loss=minimax"],
            "a lower optimizer.discriminator.lr or loss.label_smoothing=0.1",
        ),
        (
            "saturated",
            ["penalties=[r1]", "loss={name: minimax, label_smoothing: 0.1}"],
            "a lower optimizer.discriminator.lr",
        ),
        ("missing_classes", [], "penalties=[r1], a lower optimizer.lr, or model=cgan, which draws every class"),
    ],
)
def test_nothing_is_advised_that_the_recipe_has_or_does_not_know(
    load: Any, points: str, kind: str, changes: list[str], advice: str
) -> None:
    recipe = load(points, *changes)
    texts = dict.fromkeys(("loss", "shown", "logged", "of_classes"), "")
    numbers = dict.fromkeys(("steps", "low", "high", "value", "usual"), 1)
    said = WARNINGS[kind].fill({**texts, **numbers}, partial(suggestions.applies, recipe))
    assert said.rpartition("; try ")[2] == advice


def test_a_model_that_draws_every_class_is_not_told_to(load: Any, digits: str) -> None:
    said = WARNINGS["missing_classes"].fill({"of_classes": " of 3"}, partial(suggestions.applies, load(digits)))
    assert said.endswith("; try penalties=[r1] or a lower optimizer.lr")


@pytest.mark.usefixtures("warned")
def test_the_warning_prints_a_command_that_works(gan: Gan, write: Any, points: str, history: Any) -> None:
    result = gan("train", write(points), *PACE, "--out", "a run")
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("warning: "))
    begins, _, command = line.partition("; to go back: ")
    assert begins == f"warning: step 6: {WORSE}"
    words = shlex.split(command)
    assert words[:4] == ["gan", "train", "--from", "a run/checkpoints/step-0000002.safetensors"]
    assert words[4:] == suggestions.changes(checkpoint_recipe(Path("a run")))
    again = gan(*words[1:], "--quiet", "--out", "again")
    assert again.exit_code == 0, again.output
    origin = checkpoint.newest(Path("again")).origin
    assert origin is not None
    assert origin.step == 2
    # Another run of the same training, elsewhere or resumed, has the same history.
    assert {"step": 6, "warning": WORSE} in history(Path("a run"))


def checkpoint_recipe(run: Path) -> Recipe:
    from gancli import build

    return build.recipe_of(checkpoint.newest(run))


@pytest.mark.usefixtures("warned")
def test_without_an_earlier_checkpoint_there_is_no_command(gan: Gan, write: Any, points: str) -> None:
    result = gan("train", write(points), "train.sample_every=2")
    assert f"warning: step 6: {WORSE}\n" in result.stderr


@pytest.mark.usefixtures("warned")
def test_the_best_step_is_the_one_to_go_back_to(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Validator, "evaluate", lambda self: {"high quality": 0.5})
    with Run.create(load(points, *PACE, "train.evaluate_every=2"), Path("run")) as run:
        for _ in run:
            pass
    assert f"; to go back: gan train --from {RunFolder(Path('run')).best} " in run.warnings[0]


def test_a_training_that_failed_ends_with_it(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingMonitor, "failures", property(lambda self: ["the samples got worse (since step 5)"]))
    with Run.create(load(points, *PACE), Path("run")) as run:
        for _ in run:
            pass
    run._record.monitor._state.nearest = SampleCheck(5, 0.1)
    _, _, commands = run.closing().partition("; try: ")
    assert commands.startswith("gan train run/recipe.yaml ")
    assert "; or go back: gan train --from run/checkpoints/step-0000004.safetensors " in commands


@pytest.mark.parametrize(
    ("nearest", "last"), [(None, 8), (SampleCheck(5, 0.1), 5), (SampleCheck(9, 0.1), 8), (SampleCheck(5, 0.9), 0)]
)
def test_a_step_is_worth_going_back_to_if_its_samples_were_near(nearest: SampleCheck | None, last: int) -> None:
    monitor = TrainingMonitor(None, lambda: (), steps=20)
    monitor._state.nearest = nearest
    assert monitor.last_good_step(9) == last


def test_a_training_whose_samples_were_never_near_has_nothing_to_go_back_to(
    load: Load, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingMonitor, "failures", property(lambda self: ["the losses explode (since step 1)"]))
    with Run.create(load(points, *PACE), Path("run")) as run:
        for _ in run:
            pass
    run._record.monitor._state.nearest = SampleCheck(5, 0.9)
    assert "; try: gan train run/recipe.yaml " in run.closing()
    assert "go back" not in run.closing()
