"""A run has one writer, however many begin at once; and its readers never see a part of anything."""

import hashlib
import itertools
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gancli.files import PARTIAL
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.storage.lock import lock
from gancli.storage.run_folder import RunFolder

CROWD = 8
ROUNDS = [4, pytest.param(50, marks=pytest.mark.full), pytest.param(500, marks=pytest.mark.night)]


@pytest.fixture
def at_once(start: Any, end: Any, before: Any, command: Any) -> Any:
    """``at_once(*arguments)`` starts the same command eight times at one moment.

    It is a context: within, one of them waits in its first step and the others have ended. It gives their exit codes,
    and on leaving that of the one.
    """

    @contextmanager
    def run(*arguments: object) -> Iterator[list[int]]:
        (ready, go), (wait, on) = os.pipe(), os.pipe()

        def body() -> int:
            os.close(go), os.close(on)
            before("gancli.training.algorithm.descend", lambda n: os.read(wait, 1) if n == 1 else None)
            os.read(ready, 1)  # until the other end is closed, for all at the same time
            return int(command("train", *arguments, "--quiet")[0])

        crowd = {start(body) for _ in range(CROWD)}
        os.close(ready), os.close(wait), os.close(go)
        codes = []
        while len(crowd) > 1:
            child, status = os.waitpid(-1, 0)
            crowd.remove(child)
            codes.append(os.waitstatus_to_exitcode(status))
        yield codes
        os.close(on)
        codes.append(end(crowd.pop()))

    return run


def contents(folder: Path) -> dict[str, str]:
    """Every file with its digest; without what is being written, which has no name yet."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != PARTIAL)
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_goes_on_with_a_run(at_once: Any, command: Any, recipe: Path, outcome: Any, rounds: int) -> None:
    assert command("train", recipe, "--out", "run", "--quiet")[0] == 0
    for number in range(1, rounds + 1):
        before = contents(Path("run"))
        with at_once("--resume", "run", f"train.steps={6 + number}") as codes:
            assert codes == [75] * (CROWD - 1)
            now = contents(Path("run"))
            # The one has written down at once that its run is longer now.
            newest = f"run/checkpoints/step-{5 + number:07d}.safetensors"
            assert {path for path in now if now[path] != before.get(path)} <= {"run/recipe.yaml", newest}
        assert codes[-1] == 0
    assert command("train", recipe, f"train.steps={6 + rounds}", "--out", "whole", "--quiet")[0] == 0
    assert outcome(Path("run")).tensors == outcome(Path("whole")).tensors


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_begins_in_a_directory(at_once: Any, recipe: Path, outcome: Any, rounds: int) -> None:
    for number in range(rounds):
        with at_once(recipe, "--out", f"run-{number}") as codes:
            assert codes == [75] * (CROWD - 1)
        assert codes[-1] == 0
        assert outcome(Path(f"run-{number}")) == outcome(Path("run-0"))
        assert [*Path(f"run-{number}").rglob("*.part")] == []


def test_many_without_a_directory_get_one_each(start: Any, end: Any, command: Any, recipe: Path, outcome: Any) -> None:
    ready, go = os.pipe()

    def body() -> int:
        os.close(go)
        os.read(ready, 1)
        return int(command("train", recipe, "--quiet")[0])

    crowd = [start(body) for _ in range(CROWD)]
    os.close(ready), os.close(go)
    assert [end(child) for child in crowd] == [0] * CROWD
    runs = sorted(Path("runs").iterdir())
    assert [run.name for run in runs] == ["r", *(f"r-{number}" for number in range(2, CROWD + 1))]
    assert all(outcome(run) == outcome(runs[0]) for run in runs)


def test_a_killed_writer_holds_nothing(said_in: Any, before: Any, command: Any, recipe: Path) -> None:
    def prepare() -> None:
        before("gancli.training.algorithm.descend", lambda n: os.kill(os.getpid(), signal.SIGKILL))

    assert said_in("train", recipe, "--out", "run", "--quiet", prepare=prepare)[0] == -signal.SIGKILL
    with lock(RunFolder(Path("run"))):
        assert command("train", "--resume", "run", "--quiet")[0] == 75
    assert command("train", "--resume", "run", "--quiet")[0] == 0


@pytest.mark.parametrize(
    "moment",
    [
        "gancli.run.starting.remove_partial_files",
        "gancli.run.starting.write_whole",
        "gancli.run.record.TrainingMonitor",
        "gancli.run.steps.train",
        "gancli.run.after_step.AfterStep.save",
    ],
)
def test_a_late_process_gets_the_message_at_every_moment(
    before: Any, said_in: Any, command: Any, fork: Any, recipe: Path, moment: str
) -> None:
    def other(n: int) -> None:
        if n == 1 and fork(lambda: int(command("train", recipe, "--out", "run", "--quiet")[0])) != 75:
            os._exit(98)

    assert said_in("train", recipe, "--out", "run", "--quiet", prepare=lambda: before(moment, other)) == (0, "")


def test_who_looks_as_another_begins_is_told_that_it_has(
    start: Any, before: Any, said_in: Any, command: Any, recipe: Path
) -> None:
    (wait, on), (seen, done) = os.pipe(), os.pipe()

    def trained_beside() -> int:
        os.close(on)
        before(
            "gancli.training.algorithm.descend",
            lambda n: (os.write(done, b"."), os.read(wait, 1)) if n == 1 else None,
        )
        return int(command("train", recipe, "--out", "run", "--quiet")[0])

    def another_begins(n: int) -> None:
        if n == 1:
            start(trained_beside)
            os.read(seen, 1)

    found = said_in(
        "train",
        recipe,
        "--out",
        "run",
        "--quiet",
        prepare=lambda: before("gancli.storage.new_run._is_used", another_begins),
    )
    os.close(on)
    assert found == (75, "gan: run: another process is training here\n")


@pytest.mark.parametrize(
    "reads", [200, pytest.param(2000, marks=pytest.mark.full), pytest.param(20000, marks=pytest.mark.night)]
)
def test_readers_never_see_a_part(start: Any, end: Any, command: Any, recipe: Path, reads: int) -> None:
    """While every step is logged, checked and saved, and the checkpoint before it removed."""
    pace = ["train.steps=1000000", "train.sample_every=1", "train.checkpoint_every=1", "train.keep=1"]
    child = start(lambda: int(command("train", recipe, *pace, "--out", "run", "--quiet")[0]))
    run, seen = Path("run"), Counter()
    try:
        while not RunFolder(run).checkpoints():
            assert os.waitpid(child, os.WNOHANG) == (0, 0)
        for number in range(reads):
            seen[checkpoint.newest(run, pytest.fail).step] += 1
            steps = [line["step"] for line in read_history(run)]
            assert sorted(set(steps)) == list(range(1, len(set(steps)) + 1))  # a warning has a line of its own
            for path in itertools.islice(sorted((run / "samples").glob("*.png"), reverse=True), 3):
                with Image.open(path) as image:
                    image.load()
            if number % 20 == 0:
                assert command("sample", run, "--n", 4, "--out", "x.png", "--force") == (0, "")
    finally:
        os.kill(child, signal.SIGTERM)
    assert end(child) == 143
    assert len(seen) > 5  # it went on meanwhile
    assert list(seen) == sorted(seen)


def test_a_checkpoint_that_goes_as_it_is_read_is_looked_for_again(
    points_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, tries = checkpoint.Checkpoint.load, []

    def pruned_at_first(path: Path) -> checkpoint.Checkpoint:
        tries.append(path)
        return load(path)

    listed = RunFolder(points_run).checkpoints()
    old = listed[0].with_name("step-0000001.safetensors")
    monkeypatch.setattr(RunFolder, "checkpoints", lambda folder: [old] if not tries else listed)
    monkeypatch.setattr(checkpoint.Checkpoint, "load", staticmethod(pruned_at_first))
    assert checkpoint.newest(points_run).step == 6
    assert tries == [old, listed[0]]
