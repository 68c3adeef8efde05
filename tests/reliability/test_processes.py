"""However a training ends, the processes that read its images end with it, and never before it."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from gancli.storage import checkpoint

STREAMED = ["dataset.memory_mb=0", "dataset.workers=2", "train.checkpoint_every=2"]


def members(session: int) -> set[int]:
    """The processes of a session, but for those that have ended and were not waited for yet."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = stat.read_text().rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found.add(int(stat.parent.name))
    return found


def gone(session: int) -> bool:
    """Whether all have ended, in five minutes at most."""
    for _ in range(6000):
        if not members(session):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def signalled(start: Any, end: Any, before: Any, write: Any, pictures: str, monkeypatch: Any) -> Any:
    """``signalled(number, times)`` trains with two workers, signals all as step 3 wants its data, and is the exit code.

    A worker's pipe holds less than a minibatch, so that they are needed to the end.
    """
    recipe = write(pictures)
    monkeypatch.setattr("gancli.data.workers.PIPE_BYTES", 4096)

    def run(number: signal.Signals, times: int, *, group: bool = True) -> int:
        seen, report = os.pipe()

        def body() -> int:
            os.setsid()

            def act(n: int) -> None:
                if n == 2 + 3:  # each of the two has said that it is there
                    os.write(report, len(members(os.getpid())).to_bytes())
                    for _ in range(times):
                        (os.killpg if group else os.kill)(os.getpid(), number)

            before("gancli.data.workers._Worker.receive", act)
            from gancli.cli import app

            try:
                app(["train", str(recipe), *STREAMED, "--out", "run", "--quiet"])
            except SystemExit as stop:
                return int(stop.code or 0)
            return 0

        child = start(body)
        os.close(report)
        code = end(child)
        assert os.read(seen, 1)[0] >= 3  # the training and its two workers were there
        os.close(seen)
        assert gone(child)
        return int(code)

    return run


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGHUP,
        pytest.param(signal.SIGINT, marks=pytest.mark.full),
        pytest.param(signal.SIGTERM, marks=pytest.mark.full),
    ],
)
def test_a_signal_to_the_whole_group_stops_the_training_alone(
    signalled: Any, command: Any, outcome: Any, number: signal.Signals
) -> None:
    assert signalled(number, 1) == 128 + number
    assert outcome(Path("run")).step == 3
    command("train", "r.yaml", "dataset.workers=0", "train.steps=3", "--out", "whole", "--quiet")
    assert outcome(Path("run")) == outcome(Path("whole"))


@pytest.mark.parametrize(
    ("number", "times", "group"),
    [
        (signal.SIGINT, 2, True),
        pytest.param(signal.SIGTERM, 5, True, marks=pytest.mark.full),
        pytest.param(signal.SIGHUP, 2, False, marks=pytest.mark.full),
        pytest.param(signal.SIGKILL, 1, False, marks=pytest.mark.full),
    ],
)
def test_an_end_at_once_leaves_no_process(signalled: Any, number: signal.Signals, times: int, group: bool) -> None:
    code = signalled(number, times, group=group)
    assert code == (128 + number if times > 1 else -number)
    assert checkpoint.newest(Path("run")).step == 2
