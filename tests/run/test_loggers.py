"""Loggers of a training: they get what the history gets, disturb nothing, and stop nothing."""

import csv
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import registry
from gancli.errors import DivergedError
from gancli.loggers import LoggedRun, Logger
from gancli.recipe import Recipe
from gancli.run import logger_thread, loggers
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.history import read_history

Load = Callable[..., Recipe]
CALLS: list[tuple[Any, ...]] = []
GO_ON = threading.Event()


class Recording(Logger):
    """Remembers its calls; ``held`` is the last step that it has from before."""

    def __init__(self, *, held: int = -1) -> None:
        self.held = held

    def start(self, run: LoggedRun) -> int:
        CALLS.append(("start", run.name, run.step, run.recipe["model"]["name"]))
        return self.held

    def log(self, step: int, values: Mapping[str, float]) -> None:
        CALLS.append(("log", step, dict(values)))

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        CALLS.append(("metrics", step, dict(metrics)))

    def log_samples(self, step: int, picture: Path) -> None:
        CALLS.append(("samples", step, picture.is_file()))

    def log_text(self, step: int, kind: str, text: str) -> None:
        CALLS.append((kind, step, text))

    def close(self, end: str) -> None:
        CALLS.append(("close", end))


class Failing(Recording):
    def __init__(self, *, at: str = "log") -> None:
        self.at = at

    def start(self, run: LoggedRun) -> int:
        if self.at == "start":
            raise ConnectionError("the server does not answer")
        return 0

    def log(self, step: int, values: Mapping[str, float]) -> None:
        if step == 3 and self.at == "log":
            torch.manual_seed(1)  # of its own thread or not, the training is over this
            raise SystemExit("and it wants to end everything")

    def close(self, end: str) -> None:
        if self.at == "close":
            raise OSError("the disk is full")


class Hanging(Recording):
    def __init__(self) -> None: ...

    def start(self, run: LoggedRun) -> int:
        GO_ON.wait(60)
        return 0


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    CALLS.clear()
    GO_ON.clear()
    known = {"recording": Recording, "failing": Failing, "hanging": Hanging}
    with registry.given(*(registry.made_of("logger", name, made, "gan-x", "1.0") for name, made in known.items())):
        yield
    GO_ON.set()


def trained(recipe: Recipe, directory: str = "run") -> Run:
    with Run.create(recipe, Path(directory)) as run:
        for _ in run:
            pass
    return run


def called(name: str) -> list[tuple[Any, ...]]:
    return [call[1:] for call in CALLS if call[0] == name]


def table(run: Path) -> list[dict[str, str]]:
    with (run / "losses.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_gets_what_the_history_has(load: Load, points: str) -> None:
    run = trained(load(points, "train.evaluate_every=3", "train.sample_every=3", "log=[recording]"))
    lines = read_history(run.directory)
    assert called("start") == [("run", 0, "gan")]
    logged = [(line["step"], {key: line[key] for key in line if key != "step"}) for line in lines]
    assert called("log") == [line for line in logged if "generator" in line[1]]
    assert called("metrics") == [(line["step"], line["metrics"]) for line in lines if "metrics" in line]
    assert [step for step, _ in called("metrics")] == [3, 6]
    assert called("warning") == [(line["step"], line["warning"]) for line in lines if "warning" in line]
    assert called("samples") == [(3, True), (6, True)]
    assert CALLS[-1] == ("close", "finished")


def test_a_checkpoint_is_the_same_with_loggers(load: Load, points: str) -> None:
    one = checkpoint.newest(trained(load(points), "without").directory)
    other = checkpoint.newest(trained(load(points, "log=[csv,tensorboard,recording]"), "with").directory)
    assert checkpoint.digest(one.tensors) == checkpoint.digest(other.tensors)
    assert one.recipe == other.recipe
    assert "log" not in one.recipe
    histories = [[line | {"seconds": 0} for line in read_history(Path(place))] for place in ("without", "with")]
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        ("start", "ConnectionError: the server does not answer"),
        ("log", "SystemExit: and it wants to end everything"),
        ("close", "OSError: the disk is full"),
    ],
)
def test_one_that_fails_is_reported_once_and_stops_nothing(load: Load, points: str, at: str, problem: str) -> None:
    run = trained(load(points, f"log=[csv,{{name: failing, at: {at}}}]"))
    (found,) = [notice for notice in run.notices if "failing" in notice]
    said = f"logger 'failing' of gan-x 1.0: {problem}"
    assert found in (said, f"{said}; the training does not need it and goes on without it")  # at the end, or before
    assert run.step == 6
    assert len(table(run.directory)) == 6
    assert not [line for line in read_history(run.directory) if "notice" in line]


def test_one_that_hangs_is_given_up(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loggers, "CLOSE_SECONDS", 0.01)
    run = trained(load(points, "log=[hanging]"))
    assert "it did not close in time" in run.notices[-1]
    assert run.step == 6


def test_after_a_stop_they_have_less_time_than_at_the_end(
    load: Load, points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loggers, "STOPPED_SECONDS", 0.01)
    with Run.create(load(points, "log=[hanging]"), Path("run")) as run:
        for _ in run:
            break
    assert "it did not close in time" in run.notices[-1]


def test_one_that_does_not_keep_up_is_left_out(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger_thread, "MAX_WAITING", 2)
    run = trained(load(points, "log=[hanging]"))
    assert [notice for notice in run.notices if "it is 2 lines behind" in notice]


def stopped(recipe: Recipe, after: int) -> Path:
    """A run that was killed some steps after its last checkpoint, and what it had logged by then."""
    with Run.create(recipe, Path("run")) as run:
        for step in run:
            if step.number == after:
                break
    return run.directory


def test_a_resumed_run_continues_its_curves(load: Load, points: str) -> None:
    run = stopped(load(points, "log=[csv,recording]"), 4)
    assert CALLS[-1] == ("close", "stopped")
    CALLS.clear()
    for _ in Run.resume(run):
        pass
    assert called("start") == [("run", 4, "gan")]
    assert [step for step, _ in called("log")] == [1, 2, 3, 4, 5, 6]  # it asked for all
    assert [int(row["step"]) for row in table(run)] == [1, 2, 3, 4, 5, 6]


def test_steps_that_it_has_are_not_sent_again(load: Load, points: str) -> None:
    run = stopped(load(points), 2)
    for _ in Run.resume(run, ["log=[{name: recording, held: 4}]"]):
        pass
    assert [step for step, _ in called("log")] == [5, 6]


def test_loggers_may_change_at_a_resume_and_stay(load: Load, points: str) -> None:
    run = stopped(load(points), 2)
    for steps, (override, names) in enumerate(
        [("log+=csv", ["csv"]), ("log+=recording", ["csv", "recording"]), ("log=[]", [])], start=3
    ):
        with Run.resume(run, [override, f"train.steps={steps}"]) as resumed:
            assert [logger.name for logger in resumed.recipe.log] == names
            for _ in resumed:
                pass
    assert [int(row["step"]) for row in table(run)] == [1, 2, 3, 4]
    with Run.resume(run, ["train.steps=6"]) as resumed:
        assert resumed.recipe.log == ()


def test_a_run_whose_logger_is_gone_is_used_and_resumed_without_it(load: Load, points: str, gan: Any) -> None:
    run = stopped(load(points, "log=[recording]"), 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gancli.registry.discovery.GIVEN", [])
        registry.plugins.cache_clear()
        assert gan("sample", run, "--n", 4, "--out", "x.png").exit_code == 0
        refused = gan("train", "--resume", run)
        assert refused.exit_code == 2
        assert "log.0.name: found 'recording', which no installed package provides as a logger" in refused.stderr
        assert gan("train", "--resume", run, "log=[]", "--quiet").exit_code == 0


def test_a_training_that_diverges_says_so(load: Load, points: str) -> None:
    with pytest.raises(DivergedError):
        trained(load(points, "optimizer={name: sgd, lr: 1e30}", "log=[recording]"))
    assert CALLS[-1] == ("close", "diverged")


def test_the_command_adds_loggers(write: Callable[..., Path], points: str, gan: Any) -> None:
    result = gan(
        "train", write(points + "log: [csv]\n"), "--log", "recording", "--log", "csv", "--out", "run", "--quiet"
    )
    assert result.exit_code == 0, result.stderr
    assert Path("run/recipe.yaml").read_text().endswith("log:\n- {name: recording, held: -1}\n- {name: csv}\n")
    for word, problem in (
        ("cvs", "did you mean 'csv'?"),
        ("{name: csv, x: 1}", "unknown key"),
        ("[csv]", "log: found"),
    ):
        refused = gan("train", "r.yaml", "--log", word, "--out", "other")
        assert (refused.exit_code, Path("other").exists()) == (2, False)
        assert problem in refused.stderr
    assert "the logger 'csv' is repeated" in gan("train", "r.yaml", "log=[csv, csv]").stderr


def test_a_failed_logger_is_shown(write: Callable[..., Path], points: str, gan: Any) -> None:
    result = gan("train", write(points), "--log", "{name: failing, at: close}")
    assert result.exit_code == 0
    assert result.stderr.count("note: logger 'failing' of gan-x 1.0: OSError: the disk is full") == 1


def test_what_a_logger_lacks_is_a_recipe_error_before_there_is_a_run(
    write: Callable[..., Path], points: str, gan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.extras.find_spec", lambda name: None)
    for more in ([], ["--dry-run"]):
        refused = gan("train", write(points), "--log", "tensorboard", "--out", "run", *more)
        assert refused.exit_code == 2
        assert "log.0: it needs the package tensorboard" in refused.stderr
        assert "pip install 'gancli[tensorboard]'" in refused.stderr
        assert not Path("run").exists()
