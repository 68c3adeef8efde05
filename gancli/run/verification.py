"""The proof that nothing is lost: a training left alone, and the same one killed, compared bit by bit."""

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
from gancli.storage import checkpoint
from gancli.storage.history import read_history


@dataclass(frozen=True)
class Outcome:
    """What a training came to."""

    step: int
    tensors: dict[str, str]  # every tensor of the last checkpoint -> its digest: weights, average, optimizers, rng
    digest: str  # of all of them
    history: list[dict[str, Any]]  # as logged, without the time that it took


@dataclass(frozen=True)
class Verdict:
    """The same training, left alone and killed."""

    whole: Outcome
    killed: Outcome

    @property
    def differences(self) -> list[str]:
        """In words; none if the two are the same to the last bit."""
        one, other = self.whole, self.killed
        found = [f"{other.step} steps instead of {one.step}"] if one.step != other.step else []
        names = sorted(one.tensors.keys() | other.tensors.keys())
        different = [name for name in names if one.tensors.get(name) != other.tensors.get(name)]
        if different:
            found.append(f"{len(different)} of {len(names)} tensors, {different[0]} among them")
        if one.history != other.history:
            found.append("the history")
        return found


def verify(
    recipe: str, overrides: Sequence[str], folder: Path, *, kills: int, seed: int, tell: Callable[[str], None]
) -> Verdict:
    """Train a recipe into ``folder/whole`` and, killed ``kills`` times, into ``folder/killed``.

    Raises the error of a training that fails by itself.
    """
    whole, killed = folder / "whole", folder / "killed"
    tell("training, left alone")
    _finish(_start([recipe, *overrides, "--out", str(whole)]))
    one = outcome(whole)
    rng = random.Random(seed)  # noqa: S311 - no secret
    arguments = [recipe, *overrides, "--out", str(killed)]
    for moment in sorted(rng.sample(range(1, one.step), kills)):
        process = _start(arguments)
        while process.poll() is None and _logged(killed) < moment:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.02))  # anywhere in a step, or in a save
        process.send_signal(signal.SIGKILL)
        _finish(process, signal.SIGKILL)
        tell(f"killed at step {_logged(killed)}, resuming")
        if (killed / "recipe.yaml").exists():
            arguments = ["--resume", str(killed)]
    _finish(_start(arguments))
    return Verdict(one, outcome(killed))


def outcome(run: Path) -> Outcome:
    """What a run has come to."""
    saved = checkpoint.newest(run)
    tensors = {name: checkpoint.digest({name: tensor}) for name, tensor in saved.tensors.items()}
    history = [{key: value for key, value in line.items() if key != "seconds"} for line in read_history(run)]
    return Outcome(saved.step, tensors, checkpoint.digest(saved.tensors), history)


def _start(arguments: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gancli", "train", *arguments, "--quiet"]
    quiet, heard = subprocess.DEVNULL, subprocess.PIPE
    return subprocess.Popen(command, stdout=quiet, stderr=heard, encoding="utf-8", errors="replace")


def _finish(process: "subprocess.Popen[str]", expected_signal: int = 0) -> None:
    """Wait for a training; raises GanError with its message and its exit code if it failed by itself."""
    try:
        _, message = process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode not in (0, -expected_signal):
        error = GanError(message.strip().removeprefix("gan: "))
        error.exit_code = max(1, process.returncode)
        raise error


def _logged(run: Path) -> int:
    """The last step in a run's history so far."""
    try:
        return max((line["step"] for line in read_history(run)), default=0)
    except GanError:
        return 0
