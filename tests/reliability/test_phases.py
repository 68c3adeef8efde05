"""A signal in every phase of a run: before the first step nothing is lost, after it the step is saved first."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gancli.data.budget import Budget
from gancli.evaluation import validator

SIGNALS = [signal.SIGINT, *(pytest.param(number, marks=pytest.mark.full) for number in (signal.SIGTERM, signal.SIGHUP))]
EVALUATED = ["train.evaluate_every=2", "train.checkpoint_every=4", "train.sample_every=3"]
RESUME = "resume with: gan train --resume run\n"
UNTRAINED = "stopped; nothing was trained yet"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validator, "NUM_VALIDATED", Budget(validator.MIN_VALIDATED, validator.MIN_VALIDATED))


@pytest.fixture
def unlabelled(write: Any, pictures: str, picture: Any) -> Path:
    """A recipe of pictures without classes, that are compared in features which are quickly fitted to them."""
    for index in range(20):
        picture(f"flat/{index}.png", index)
    text = pictures.replace("model: cgan\n", "").replace("root: pictures", "root: flat")
    path: Path = write(text)
    return path


def best_of(run: str) -> Path:
    return Path(run, "checkpoints/best.safetensors")


def at(before: Any, target: str, number: int, call: int = 1) -> Any:
    """Have a copy of this process signal itself as a function is called."""
    return lambda: before(target, lambda n: os.kill(os.getpid(), number) if n == call else None)


WHOLE: dict[str, Any] = {}  # what a recipe comes to when nothing interrupts it, and whether that has a best step


@pytest.fixture
def check(said_in: Any, before: Any, command: Any, outcome: Any) -> Any:
    """``check(recipe, moment, number, said, ...)``: what is said then, and that the resumed run equals a whole one."""

    def checked(recipe: Path, target: str, call: int, number: int, said: str, again: list[str]) -> None:
        arguments = [recipe, *EVALUATED]
        if recipe.read_text() not in WHOLE:
            assert command("train", *arguments, "--out", "whole", "--quiet") == (0, "")
            WHOLE[recipe.read_text()] = outcome(Path("whole")), best_of("whole").exists()
            for folder in Path(os.environ["GAN_DATA_DIR"]).glob("extractors/*"):
                folder.unlink()  # so that it is made once more
        found = said_in("train", *arguments, "--out", "run", "--quiet", prepare=at(before, target, number, call))
        assert found == (128 + number if said else 0, said)
        if said:
            assert Path("run").exists() == (RESUME in said)
            assert command("train", *(again or arguments), "--quiet") == (0, "")
        assert (outcome(Path("run")), best_of("run").exists()) == WHOLE[recipe.read_text()]

    return checked


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("target", "call"),
    [
        ("gancli.data.finding.list_images", 1),
        ("gancli.data.scan.decode_to", 7),
        ("gancli.data.folder.ImageFolder._fingerprint", 1),
    ],
    ids=["listed", "read", "read all"],
)
def test_the_first_scan(check: Any, unlabelled: Path, number: int, target: str, call: int) -> None:
    again = [str(unlabelled), *EVALUATED, "--out", "run"]
    check(unlabelled, target, call, number, f"{UNTRAINED}\n", again)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    "target",
    [
        "gancli.evaluation.validator.feature_extractor",
        "gancli.extractors.source.drawn",
        "gancli.evaluation.validator.read_examples",
    ],
    ids=["searched for", "made", "examples read"],
)
def test_the_extractor(check: Any, unlabelled: Path, number: int, target: str) -> None:
    check(unlabelled, target, 1, number, f"{UNTRAINED}; {RESUME}", ["--resume", "run"])


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("target", "call", "step"),
    [
        ("gancli.training.algorithm.descend", 1, 1),
        ("gancli.training.algorithm.descend", 4, 2),
        ("gancli.evaluation.validator.Validator.evaluate", 1, 2),
        ("gancli.evaluation.validator.EvaluationInputs", 2, 4),
        ("gancli.evaluation.validator.EvaluationInputs", 3, 6),
        ("gancli.evaluation.validator.Validator.is_better", 2, 4),
        ("gancli.storage.history.History.log_metrics", 2, 4),
        ("gancli.run.previews.write_png", 1, 3),
        ("gancli.run.evaluations.Evaluations._measure", 2, 4),
        ("gancli.run.after_step.AfterStep.save", 1, 4),
    ],
)
def test_after_the_first_step(check: Any, recipe: Path, number: int, target: str, call: int, step: int) -> None:
    check(recipe, target, call, number, f"stopped at step {step} and saved; {RESUME}", ["--resume", "run"])


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("target", ["gancli.run.run.Run.close", "gancli.cli.train.print_path"])
def test_closing(check: Any, recipe: Path, number: int, target: str) -> None:
    """All is done by then, so it is no stop."""
    check(recipe, target, 1, number, "", [])


def test_the_random_state_is_put_back_wherever_an_evaluation_was(
    check: Any, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    read = validator.Validator.evaluate

    def drawing(self: validator.Validator) -> Any:
        state = torch.get_rng_state()
        torch.rand(7)
        found = read(self)
        torch.set_rng_state(state)
        return found

    monkeypatch.setattr(validator.Validator, "evaluate", drawing)
    said = f"stopped at step 4 and saved; {RESUME}"
    check(recipe, "gancli.evaluation.validator.EvaluationInputs", 2, signal.SIGTERM, said, ["--resume", "run"])


@pytest.mark.parametrize(
    "kill",
    [
        "gancli.run.saving.Saver._write",
        "gancli.run.after_step.AfterStep.save",
        "gancli.storage.history.History.log_metrics",
    ],
)
def test_a_kill_as_an_evaluation_is_made_up_for(
    said_in: Any, before: Any, command: Any, outcome: Any, recipe: Path, kill: str
) -> None:
    assert command("train", recipe, *EVALUATED, "--out", "whole", "--quiet") == (0, "")
    stop = at(before, "gancli.evaluation.validator.EvaluationInputs", signal.SIGTERM, 2)
    assert said_in("train", recipe, *EVALUATED, "--out", "run", "--quiet", prepare=stop)[0] == 143
    assert said_in("train", "--resume", "run", "--quiet", prepare=at(before, kill, signal.SIGKILL))[0] == -9
    assert command("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == outcome(Path("whole"))


def test_the_second_signal_ends_an_evaluation_at_once(
    said_in: Any, before: Any, command: Any, outcome: Any, recipe: Path
) -> None:
    def prepare() -> None:
        at(before, "gancli.evaluation.validator.EvaluationInputs", signal.SIGINT, 2)()
        at(before, "gancli.run.after_step.AfterStep.save", signal.SIGINT)()

    assert said_in("train", recipe, *EVALUATED, "--out", "run", "--quiet", prepare=prepare) == (130, "")
    assert command("train", recipe, *EVALUATED, "--out", "whole", "--quiet") == (0, "")
    assert command("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == outcome(Path("whole"))


@pytest.mark.parametrize("number", SIGNALS)
def test_going_on(said_in: Any, before: Any, command: Any, recipe: Path, number: int) -> None:
    assert command("train", recipe, "--out", "run", "--quiet") == (0, "")
    longer = ["train", "--resume", "run", "train.steps=9", "--quiet"]
    found = said_in(*longer, prepare=at(before, "gancli.build.trainings.dataset", number))
    assert found == (128 + number, f"stopped; nothing further was trained yet; {RESUME}")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    "target",
    [
        "gancli.build.dataset",
        "gancli.comparison.comparing.read_scores",
        "gancli.evaluation.evaluator.Evaluator.__call__",
    ],
    ids=["data", "scores read", "evaluated"],
)
def test_a_comparison(said_in: Any, before: Any, recipe: Path, number: int, target: str) -> None:
    compare = ["compare", recipe, "--seeds", "1", "--out", "out", "train.log_every=1"][:-1]
    code, said = said_in(*compare, prepare=at(before, target, number))
    assert (code, said.splitlines()[-1]) == (128 + number, "stopped; the same command continues from here")
