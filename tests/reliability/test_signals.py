"""A signal to stop costs nothing: the step is finished and saved, and the run resumes as if there had been none."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder
from tests.reliability.conftest import PACE

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
MOMENTS = {  # what is about to be called, for which time, and the step that is finished then
    "the networks are made ready": ("gancli.run.steps.train", 1, 1),
    "first step": ("gancli.training.algorithm.descend", 1, 1),
    "between the players": ("gancli.training.algorithm.descend", 4, 2),
    "middle step": ("gancli.training.algorithm.descend", 5, 3),
    "history": ("gancli.run.after_step.AfterStep.__call__", 3, 3),
    "preview": ("gancli.run.previews.Previews.samples", 1, 3),
    "samples": ("gancli.run.previews.write_png", 1, 3),
    "save": ("gancli.run.after_step.AfterStep.save", 1, 2),
    "save, half": ("gancli.storage.checkpoint.write_whole", 1, 2),
    "save, synced": ("gancli.files.sync_folder", 4, 2),
    "pruned": ("gancli.storage.run_folder.RunFolder.checkpoints", 1, 2),
}


def raised(number: signal.Signals, times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), number)


def some(number: signal.Signals, moment: str) -> Any:
    """Every moment and every signal in a pull request, not each with each."""
    quick = number == signal.SIGINT or moment in ("middle step", "save, half")
    return pytest.param(number, moment, marks=() if quick else pytest.mark.full, id=f"{number.name}-{moment}")


@pytest.mark.parametrize(("number", "moment"), [some(number, moment) for number in SIGNALS for moment in MOMENTS])
def test_the_step_is_finished_and_saved(
    said_in: Any, before: Any, command: Any, outcome: Any, recipe: Path, whole: Any, number: signal.Signals, moment: str
) -> None:
    target, call, step = MOMENTS[moment]

    def prepare() -> None:
        before(target, lambda n: raised(number) if n == call else None)

    code, said = said_in("train", recipe, *PACE, "--out", "run", "--quiet", prepare=prepare)
    assert (code, said) == (128 + number, f"stopped at step {step} and saved; resume with: gan train --resume run\n")
    assert outcome(Path("run")).step == step
    assert command("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == whole


@pytest.mark.parametrize(
    "stop", [13, pytest.param(3, marks=pytest.mark.full), pytest.param(1, marks=pytest.mark.night)]
)
def test_stopped_again_and_again(
    said_in: Any, before: Any, command: Any, outcome: Any, recipe: Path, stop: int
) -> None:
    """A chain of stops, each ``stop`` steps after the last, ends in the same bits too."""
    steps = [*PACE, "train.steps=40"]
    assert command("train", recipe, *steps, "--out", "whole", "--quiet") == (0, "")

    def prepare() -> None:
        before("gancli.run.after_step.AfterStep.__call__", lambda n: raised(signal.SIGTERM) if n == stop else None)

    arguments, codes = [recipe, *steps, "--out", "run"], []
    while not codes or codes[-1]:
        codes.append(said_in("train", *arguments, "--quiet", prepare=prepare)[0])
        arguments = ["--resume", "run"]
    assert codes == [143] * (39 // stop) + [0]
    assert outcome(Path("run")) == outcome(Path("whole"))


@pytest.mark.parametrize(
    ("number", "times"),
    [
        (signal.SIGINT, 2),
        (signal.SIGTERM, 5),
        *(pytest.param(number, times, marks=pytest.mark.full) for number in SIGNALS for times in (2, 3, 5)),
    ],
)
@pytest.mark.parametrize(("moment", "kept"), [("middle step", [2]), ("save, half", []), ("save, synced", [2])])
def test_the_second_signal_ends_it_at_once(
    said_in: Any,
    before: Any,
    command: Any,
    outcome: Any,
    recipe: Path,
    whole: Any,
    moment: str,
    kept: list[int],
    number: signal.Signals,
    times: int,
) -> None:
    target, call, _ = MOMENTS[moment]

    def prepare() -> None:
        before(target, lambda n: raised(number, times) if n == call else None)

    assert said_in("train", recipe, *PACE, "--out", "run", "--quiet", prepare=prepare) == (128 + number, "")
    paths = RunFolder(Path("run")).checkpoints()
    assert [checkpoint.Checkpoint.load(path).step for path in paths] == kept
    assert command("train", "--resume", "run", "--quiet")[0] == 0
    assert outcome(Path("run")) == whole


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("gancli.build.trainings.dataset", signal.SIGINT),
        ("gancli.build.trainings.dataset", signal.SIGTERM),
        ("gancli.build.trainings.dataset", signal.SIGHUP),
        ("gancli.build.trainings.optimizer", signal.SIGINT),
        ("gancli.storage.new_run.make", signal.SIGTERM),
        ("gancli.storage.new_run.check_space", signal.SIGHUP),
    ],
)
def test_before_training_there_is_nothing_to_save(
    said_in: Any,
    before: Any,
    command: Any,
    outcome: Any,
    recipe: Path,
    whole: Any,
    target: str,
    number: signal.Signals,
) -> None:
    def prepare() -> None:
        before(target, lambda n: raised(number) if n == 1 else None)

    found = said_in("train", recipe, *PACE, "--out", "run", "--quiet", prepare=prepare)
    assert found == (128 + number, "stopped; nothing was trained yet\n")
    assert not Path("run").exists()
    assert command("train", recipe, *PACE, "--out", "run", "--quiet") == (0, "")
    assert outcome(Path("run")) == whole


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("gancli.cli", ""),
        ("typer", ""),
        ("gancli.terminal.waiting", ""),
        ("gancli.recipe", "stopped; nothing was trained yet\n"),
        ("torch.nn", "stopped; nothing was trained yet\n"),
    ],
)
def test_while_something_is_imported(recipe: Path, module: str, said: str) -> None:
    code = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.argv = ['gan', 'train', 'r.yaml']\n"
        "from gancli.__main__ import main\n"
        "main()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    stderr = result.stderr.removeprefix("starting …\n")  # of a slow machine
    assert (result.returncode, result.stdout, stderr) == (130, "", said)
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
@pytest.mark.parametrize(
    "target", ["gancli.sampling.draw.generate", "gancli.sampling.draw.latents", "gancli.sampling.images.write_whole"]
)
def test_sampling_leaves_a_whole_picture_or_none(
    said_in: Any, before: Any, points_run: Path, target: str, number: signal.Signals, code: int
) -> None:
    def prepare() -> None:
        before(target, lambda n: raised(number) if n == 1 else None)

    assert said_in("sample", points_run, "--out", "x.png", prepare=prepare) == (code, "")
    assert not Path("x.png").exists()


def test_nohup_is_respected(said_in: Any, before: Any, recipe: Path, whole: Any, outcome: Any) -> None:
    def prepare() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        before("gancli.training.algorithm.descend", lambda n: raised(signal.SIGHUP))

    assert said_in("train", recipe, *PACE, "--out", "run", "--quiet", prepare=prepare) == (0, "")
    assert outcome(Path("run")) == whole
