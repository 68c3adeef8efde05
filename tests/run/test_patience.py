"""``train.patience``: the training ends after so many evaluations in a row without a better one; the best remains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

import gancli
from gancli.errors import DivergedError, RecipeError
from gancli.evaluation.validator import Validator
from gancli.recipe import Recipe
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage import history as storage
from gancli.storage.run_folder import RunFolder
from tests.run.evaluated import evaluated, trained

Gan = Callable[..., Any]
Load = Callable[..., Recipe]
History = Callable[[Path], list[dict[str, Any]]]

PACE = ["train.evaluate_every=2", "train.steps=40", "train.checkpoint_every=5", "train.patience=3"]
SHARES = [0.1, 0.3, 0.2, 0.5, 0.4, 0.5, 0.3, 0.1, 0.9]  # of the evaluations at steps 2, 4, 6, …; then 0
BEST, LAST = 8, 14
REASON = "the last 3 evaluations were not better than high quality 0.5 of step 8 (train.patience)"


@contextmanager
def interrupted() -> Iterator[None]:
    """A signal, as an evaluation begins."""
    raise KeyboardInterrupt
    yield


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The metric of the steps 2, 4, …; not a number for one that cannot be evaluated."""
    shares = list(SHARES)

    def evaluate(self: Validator) -> dict[str, float]:
        index = (self._training.gan.step + 1) // 2 - 1
        value = shares[index] if index < len(shares) else 0.0
        if value != value:
            raise DivergedError("the samples are not finite")
        return {"high quality": value}

    monkeypatch.setattr(Validator, "evaluate", evaluate)
    return shares


def ends(*runs: str) -> list[tuple[Any, ...]]:
    """Of every run, what the last and the best checkpoint hold."""
    found = []
    for run in runs:
        files = [checkpoint.newest(Path(run)), checkpoint.Checkpoint.load(RunFolder(Path(run)).best)]
        found.append(tuple((saved.step, saved.ended, checkpoint.digest(saved.tensors)) for saved in files))
    return found


def test_it_ends_and_the_best_step_remains(gan: Gan, write: Any, points: str, history: History) -> None:
    result = gan("train", write(points), *PACE)
    assert (result.exit_code, result.stdout) == (0, "runs/r\n")
    assert result.stderr.splitlines()[-1] == (
        f"stopped at step 14 of 40, because {REASON}; gan sample runs/r uses the best step; "
        "to train on: gan train --resume runs/r train.patience=6"
    )
    logged = history(Path("runs/r"))
    assert logged[-1] == {"step": LAST, "metrics": {"high quality": 0.3}, "end": REASON}
    assert sum("end" in line for line in logged) == 1
    assert checkpoint.newest(Path("runs/r")).step == LAST


def test_the_result_of_the_run_is_its_best_step(gan: Gan, load: Load, points: str) -> None:
    run = trained(load(points, *PACE), "run")
    warnings: list[str] = []
    assert gancli.load(run, warn=warnings.append).step == BEST
    assert warnings == ["run: ended at step 14 by train.patience; this is its best step, 8"]
    result = gan("sample", run)
    assert result.stdout == "run/samples-seed-0-step-8.png\n"
    assert result.stderr == f"note: {warnings[0]}\n"
    assert gancli.load(RunFolder(run).checkpoint(LAST)).step == LAST  # a file is what it is
    assert "step 8 of run" in gan("evaluate", run, "--seeds", 1, "--n", 100).stdout
    compared = gan("compare", run, "--metrics", "modes").stdout
    assert "the best step; train.patience ended it at step 14" in " ".join(compared.split())
    assert "not a full training" not in compared
    assert checkpoint.result(run).origin is None


def test_the_newest_is_the_result_if_the_best_is_damaged_or_the_run_went_to_its_end(load: Load, points: str) -> None:
    run = trained(load(points, *PACE), "run")
    best = RunFolder(run).best
    best.write_bytes(best.read_bytes()[:-1])
    warnings: list[str] = []
    assert gancli.load(run, warn=warnings.append).step == LAST
    assert "best.safetensors: not a checkpoint that can be loaded" in warnings[0]
    whole = trained(load(points, *PACE, "train.patience=0", "train.steps=16"), "whole")
    assert gancli.load(whole).step == 16


def test_killed_after_any_step_it_ends_at_the_same_one(load: Load, points: str, history: History) -> None:
    recipe = load(points, *PACE)
    trained(recipe, "whole")
    for after in range(1, LAST + 1):
        killed = f"killed-{after}"
        run = Run.create(recipe, Path(killed))
        for losses in run:
            assert losses
            if run.step == after:
                break
        run.close()  # without a save, as if the process were killed
        torch.manual_seed(99)  # a new process has another state of torch's own
        with Run.resume(Path(killed)) as run:
            for _ in run:
                pass
        assert run.step == LAST
        assert history(Path(killed)) == history(Path("whole"))
        assert ends(killed) == ends("whole")


def test_an_evaluation_that_a_signal_interrupted_counts_once(load: Load, points: str, history: History) -> None:
    recipe = load(points, *PACE)
    trained(recipe, "whole")

    for step in (10, 12, 14):
        with Run.resume(Path("run")) if Path("run").exists() else Run.create(recipe, Path("run")) as run:
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the loop is what is interrupted
                for _ in run:
                    if run.step == step - 1:
                        run.interrupt_evaluations(interrupted)
            assert (run.step, run.is_done) == (step, False)
            run.save()
    for _ in range(2):
        with Run.resume(Path("run")) as run:
            assert list(run) == []
            assert run.is_done
    assert history(Path("run")) == history(Path("whole"))
    assert ends("run") == ends("whole")


def test_a_kill_as_an_evaluation_is_made_up_for_counts_it_once(
    load: Load, points: str, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load(points, *PACE)
    trained(recipe, "whole")

    def killed(*_: object) -> None:
        raise RuntimeError("killed")

    run = Run.create(recipe, Path("killed"))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the loop is what is interrupted
        for _ in run:
            if run.step == 9:
                run.interrupt_evaluations(interrupted)
    run.save()
    run.close()
    with monkeypatch.context() as patch:
        patch.setattr(storage.History, "log_metrics", killed)
        run = Run.resume(Path("killed"))
        with pytest.raises(RuntimeError, match="killed"):
            list(run)
        run.close()
    with Run.resume(Path("killed")) as run:
        list(run)
    assert history(Path("killed")) == history(Path("whole"))
    assert ends("killed") == ends("whole")


def test_a_resume_says_why_it_stopped_and_how_to_go_on(gan: Gan, load: Load, points: str, history: History) -> None:
    run = trained(load(points, *PACE), "run")
    before = (RunFolder(run).checkpoint(LAST).read_bytes(), history(run))
    result = gan("train", "--resume", run)
    assert (result.exit_code, result.stdout) == (0, "run\n")
    command = "gan train --resume run train.patience=6"
    why = f"nothing to do: stopped at step 14 of 40, because {REASON}; to train on: {command}"
    assert result.stderr == f"run: {why}\n"
    assert (RunFolder(run).checkpoint(LAST).read_bytes(), history(run)) == before
    assert gan(*command.split()[1:], "--quiet").exit_code == 0
    assert checkpoint.newest(run).step == 30  # 0.9 at step 18, and six that are not better
    assert checkpoint.result(run).step == 18
    trained(load(points, *PACE, "train.patience=6"), "patient")
    assert ends("run") == ends("patient")


def test_more_patience_or_none_takes_a_run_to_its_end(load: Load, points: str) -> None:
    trained(load(points, *PACE), "run")
    with Run.resume(Path("run"), ["train.patience=0", "train.steps=20"]) as run:
        assert not checkpoint.newest(Path("run")).ended
        for _ in run:
            pass
    assert (run.step, run.end) == (20, "")
    assert gancli.load("run").step == 20


def test_less_patience_ends_a_run_where_it_is(gan: Gan, load: Load, points: str) -> None:
    recipe = load(points, *PACE, "train.patience=0")
    with Run.create(recipe, Path("run")) as run:
        for _ in run:
            if run.step == LAST:
                break
    result = gan("train", "--resume", "run", "train.patience=2")
    assert "nothing to do: stopped at step 14 of 40" in result.stderr
    assert gancli.load("run").step == BEST


def test_a_step_that_cannot_be_evaluated_is_not_better(
    load: Load, points: str, history: History, scripted: list[float]
) -> None:
    scripted[:] = [float("nan")] * 4 + [0.5, 0.4] + [float("nan")] * 9
    run = trained(load(points, *PACE), "run")
    assert checkpoint.newest(run).step == 16  # never before there is a best one, of step 10
    assert history(run)[-1] == {
        "step": 16,
        "end": "the last 3 evaluations were not better than high quality 0.5 of step 10 (train.patience)",
    }
    assert list(evaluated(history(run))) == [10, 12]


@pytest.mark.parametrize("text", ["train: {patience: 3}", "train: {patience: 3, evaluate_every: 0}"])
def test_it_needs_evaluations(load: Load, text: str) -> None:
    with pytest.raises(RecipeError) as error:
        load(f"dataset: ring\narchitecture: mlp\n{text}\n")
    assert str(error.value) == (
        "r.yaml:3:9: train.patience: found 3, which counts evaluations, and there are none; expected "
        "train.evaluate_every too, such as 500"
    )


def test_a_negative_number_is_refused_once(load: Load) -> None:
    with pytest.raises(RecipeError) as error:
        load("dataset: ring\narchitecture: mlp\ntrain: {patience: -1}\n")
    assert str(error.value) == "r.yaml:3:9: train.patience: found -1, expected greater than or equal to 0"


def test_a_resume_cannot_take_the_evaluations_away(gan: Gan, load: Load, points: str) -> None:
    trained(load(points, *PACE), "run")
    result = gan("train", "--resume", "run", "train.evaluate_every=0")
    assert result.exit_code == 2
    assert "train.patience: found 3, which counts evaluations" in result.stderr


def test_a_comparison_does_not_train_it_again(gan: Gan, write: Any, points: str) -> None:
    recipe = write(points + "".join(f"# {word}\n" for word in PACE))
    recipe.write_text(recipe.read_text().replace("steps: 6,", "steps: 40, evaluate_every: 2, patience: 3,"))
    for _ in range(2):
        result = gan("compare", recipe, "--seeds", 1, "--metrics", "modes")
        assert result.exit_code == 0, result.output
    assert checkpoint.newest(Path("comparison/r/seed-0")).step == LAST
