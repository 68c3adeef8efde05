"""Verification of resuming: an uninterrupted training and an interrupted one, compared bit by bit."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.errors import GanError
from gancli.progress import task
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.storage.run_folder import RunFolder


class TrainingFailedError(GanError):
    """A training failed by itself; the message and the exit code are those of its process."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Outcome:
    """The result of a training."""

    step: int
    tensors: dict[str, str]  # every tensor of the last checkpoint -> its digest: weights, average, optimizers, rng
    digest: str  # of all of them
    history: list[dict[str, Any]]  # as logged, without the time that it took


@dataclass(frozen=True)
class VerificationResult:
    """The results of the same training, uninterrupted and interrupted."""

    uninterrupted: Outcome
    interrupted: Outcome

    @property
    def differences(self) -> list[str]:
        """In words; none if the two are the same to the last bit."""
        one, other = self.uninterrupted, self.interrupted
        found = [f"{other.step} steps instead of {one.step}"] if one.step != other.step else []
        names = sorted(one.tensors.keys() | other.tensors.keys())
        different = [name for name in names if one.tensors.get(name) != other.tensors.get(name)]
        if different:
            found.append(f"{len(different)} of {len(names)} tensors, {different[0]} among them")
        if one.history != other.history:
            found.append("the history")
        return found


def verify(
    recipe: str, overrides: Sequence[str], folder: Path, *, kills: int, seed: int, report: Callable[[str], None]
) -> VerificationResult:
    """Train a recipe into ``folder/uninterrupted`` and, killed ``kills`` times, into ``folder/interrupted``.

    Raises TrainingFailedError if a training fails by itself.
    """
    uninterrupted, interrupted = folder / "uninterrupted", folder / "interrupted"
    with task("training without interruption"):
        _finish(_start([recipe, *overrides, "--out", str(uninterrupted)]))
    one = outcome(uninterrupted)
    rng = random.Random(seed)  # noqa: S311 - no secret
    arguments = [recipe, *overrides, "--out", str(interrupted)]
    with task(f"training, killed {kills} times") as done:
        for kill_step in sorted(rng.sample(range(1, one.step), kills)):
            process = _start(arguments)
            while process.poll() is None and (step := _logged(interrupted)) < kill_step:
                done(step / one.step)
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.02))  # anywhere in a step, or in a save
            process.send_signal(signal.SIGKILL)
            _finish(process, signal.SIGKILL)
            report(f"killed at step {_logged(interrupted)}, resuming")
            if RunFolder(interrupted).recipe.exists() or RunFolder(interrupted).newest():
                arguments = ["--resume", str(interrupted)]
        _finish(_start(arguments))
    return VerificationResult(one, outcome(interrupted))


def outcome(run: Path) -> Outcome:
    """The result of a run."""
    saved = checkpoint.newest(run)
    tensors = {name: checkpoint.digest({name: tensor}) for name, tensor in saved.tensors.items()}
    history = [{key: value for key, value in line.items() if key != "seconds"} for line in read_history(run)]
    return Outcome(saved.step, tensors, checkpoint.digest(saved.tensors), history)


def _start(arguments: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gancli", "train", *arguments, "--quiet"]
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    return subprocess.Popen(command, stdout=nowhere, stderr=pipe, encoding="utf-8", errors="replace")


def _finish(process: "subprocess.Popen[str]", expected_signal: int = 0) -> None:
    """Wait for a training; raises TrainingFailedError if it failed by itself."""
    try:
        _, message = process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode not in (0, -expected_signal):
        raise TrainingFailedError(message.strip().removeprefix("gan: "), max(1, process.returncode))


def _logged(run: Path) -> int:
    """The last step in a run's history so far."""
    try:
        return max((line["step"] for line in read_history(run)), default=0)
    except GanError:
        return 0
