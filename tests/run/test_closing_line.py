"""Every training ends with a sentence that says how it went, and one that failed with a command to try."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from gancli import recipe
from gancli.monitoring import failure_note
from gancli.monitoring.state import BestEvaluation, MonitorState, SampleCheck, WarningState
from gancli.monitoring.summary import closing, failures
from gancli.run import suggestions
from gancli.storage import checkpoint

GOOD = SampleCheck(5500, 0.02)
REPORTED = WarningState(since={"all": 300}, reported=["all"], began=300)
OVER = WarningState(began=300)

SENTENCES: dict[str, tuple[MonitorState, int, str]] = {
    "healthy": (
        MonitorState(checks=[GOOD], nearest=GOOD),
        6000,
        "trained 6,000 steps in 158 s; no sign of failure; samples were nearest to the data at step 5,500",
    ),
    "evaluated": (
        MonitorState(checks=[GOOD], nearest=GOOD, best=BestEvaluation(5000, "FD", 4.674)),
        6000,
        "trained 6,000 steps in 158 s; no sign of failure; FD was best at step 5,000: 4.67",
    ),
    "stopped": (
        MonitorState(checks=[GOOD], nearest=GOOD),
        5600,
        "trained 5,600 of 6,000 steps in 158 s; no sign of failure so far; samples were nearest to the data at step "
        "5,500",
    ),
    "too short": (MonitorState(), 49, "trained 49 of 6,000 steps in 158 s; too few steps to say how it went"),
    "over": (
        MonitorState({"missing_classes": OVER}, checks=[GOOD]),
        6000,
        "trained 6,000 steps in 158 s; warned of, but no failure now: classes are missing (since step 300)",
    ),
    "failed": (
        MonitorState({"far": REPORTED, "swings": OVER}, checks=[SampleCheck(6000, 0.4)], nearest=SampleCheck(200, 0.3)),
        6000,
        "this training failed (6,000 steps in 158 s): the samples are nothing like the data (since step 300); samples "
        "were nearest to the data at step 200",
    ),
    "still coming nearer": (
        MonitorState(checks=[SampleCheck(5000, 0.9), SampleCheck(6000, 0.5)]),
        6000,
        "trained 6,000 steps in 158 s; no sign of failure; the samples are still far from the data, but coming nearer: "
        "try more train.steps",
    ),
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_the_sentence(kind: str) -> None:
    memory, step, expected = SENTENCES[kind]
    assert closing(memory, step, 6000, 158.2) == expected


def test_a_discriminator_that_won_is_no_failure_where_the_samples_are_good() -> None:
    assert failures(MonitorState({"saturated": REPORTED}, checks=[GOOD])) == []
    assert failures(MonitorState({"saturated": REPORTED}, checks=[SampleCheck(6000, 0.4)])) == [
        "discriminator saturated (since step 300)"
    ]
    assert failures(MonitorState({"low_diversity": REPORTED}, checks=[GOOD])) == [
        "diversity collapsed (since step 300)"
    ]


FAILING = """\
dataset: ring
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
loss: minimax
latent: {dim: 4}
optimizer: {name: sgd, lr: 1e-6}
train: {steps: 300, batch_size: 8, ema: 0.9}
device: cpu
"""


def test_a_training_that_fails_says_so_with_a_command_that_works(gan: Any) -> None:
    Path("bad.yaml").write_text(FAILING)
    result = gan("train", "bad.yaml", "--out", "a run")
    assert (result.exit_code, result.stdout) == (0, "a run\n")
    line = next(text for text in result.stderr.splitlines() if text.startswith("this training failed"))
    _, _, command = line.partition("; try: ")
    words = shlex.split(command)
    assert words[:3] == ["gan", "train", "a run/recipe.yaml"]
    assert gan(*words[1:], "train.steps=2", "--out", "again", "--quiet").exit_code == 0
    assert failure_note(checkpoint.newest(Path("a run")).monitor).startswith("failed: ")


def test_quiet_says_nothing_and_a_short_training_nothing_of_its_health(gan: Any, points: str) -> None:
    Path("r.yaml").write_text(points)
    assert gan("train", "r.yaml", "--quiet").stderr == ""
    assert re.search(r"trained 6 steps in \d+ s; ", gan("train", "r.yaml").stderr)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("loss=minimax", ["optimizer.lr=0.0002", "loss=non-saturating", "penalties=[r1]"]),
        ("loss=wasserstein", ["optimizer.lr=0.0002", "penalties=[gradient-penalty]"]),
        ("optimizer={name: sgd, lr: 0.1}", ["optimizer={name: adam, lr: 2e-4, betas: [0.5, 0.99]}", "penalties=[r1]"]),
        (
            "optimizer.lr={from: 1e-2, to: 1e-4, shape: cosine}",
            ["optimizer.lr={from: 0.001, to: 1e-05, shape: cosine, steps: 12000}"],
        ),
        ("optimizer.betas=[0.9, 0.999]", ["optimizer.lr=0.0002", "optimizer.betas=[0.5, 0.99]", "penalties=[r1]"]),
        ("train.batch_size=2", ["optimizer.lr=0.0002", "penalties=[r1]", "train.batch_size=64"]),
    ],
)
def test_the_advice_is_of_the_recipe_and_makes_a_recipe(change: str, expected: list[str]) -> None:
    found = suggestions.changes(recipe.load(recipe.locate("mnist_gan"), [change]))
    assert found[: len(expected)] == expected
    recipe.load(recipe.locate("mnist_gan"), [change, *found])
