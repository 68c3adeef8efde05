"""Training in many processes is training in one: the same losses and weights, one run, and one end for all."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.training import processes

Said = list[tuple[int, str]]  # the exit code of every process, and what it said on stderr
MANY = ["train.log_every=1", "train.checkpoint_every=2"]
SEVERAL_STEPS = ["train.k_steps=2", 'penalties=[{"name":"gradient-penalty"},{"name":"r1","every":2}]']


@pytest.fixture
def together(start: Any, end: Any, command: Any, monkeypatch: Any) -> Callable[..., Said]:
    """``together(n, *arguments)`` is the command line in n copies of this process, as ``torchrun`` starts them.

    ``prepare(rank)`` is called in each before; ``while_running(pids)`` here.
    """

    def run(
        count: int,
        *arguments: object,
        prepare: Callable[[int], object] = lambda rank: None,
        while_running: Callable[[list[int]], object] = lambda pids: None,
    ) -> Said:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        files = [tempfile.TemporaryFile() for _ in range(count)]  # noqa: SIM115 - closed below

        def body(rank: int) -> int:
            os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(count))
            os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
            prepare(rank)
            code, said = command(*arguments)
            os.write(files[rank].fileno(), said.encode())
            return int(code)

        children = [start(lambda rank=rank: body(rank)) for rank in range(count)]
        while_running(children)
        codes = [end(child) for child in children]
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read().decode())
            file.close()
        return list(zip(codes, texts, strict=True))

    return run


def tensors(run: str) -> dict[str, torch.Tensor]:
    saved = checkpoint.newest(Path(run)).tensors
    return {name: tensor for name, tensor in saved.items() if tensor.is_floating_point()}


def assert_close(run: str, other: str) -> None:
    """Weights, averages and the optimizers' states are the same but for the order of sums."""
    found, expected = tensors(run), tensors(other)
    assert found.keys() == expected.keys()
    for name in expected:
        torch.testing.assert_close(
            found[name], expected[name], rtol=1e-4, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}"
        )


@pytest.mark.parametrize(("count", "overrides"), [(2, SEVERAL_STEPS), (3, []), (2, ["train.accumulate=2"])])
def test_many_processes_train_as_one(
    together: Any, command: Any, recipe: Path, count: int, overrides: list[str], history: Any
) -> None:
    """Shares of 4, and, of a minibatch of 8 in three processes, of 3, 3 and 2."""
    ends = together(count, "train", recipe, *MANY, *overrides, "--out", "many")
    assert [code for code, _ in ends] == [0] * count
    assert f"{count} processes" in ends[0][1]
    assert [said for _, said in ends[1:]] == [""] * (count - 1)
    command("train", recipe, *MANY, *overrides, "train.accumulate=1", "--out", "one")
    assert_close("many", "one")
    for many, one in zip(history(Path("many")), history(Path("one")), strict=True):
        assert many == pytest.approx(one, rel=1e-4)


def test_every_process_reads_its_own_images(together: Any, command: Any, write: Any, pictures: str) -> None:
    """Mirrored at random, conditional, augmented, and shown to ADA together; spectral norms move once a step."""
    recipe = write(pictures)
    mlp = "architecture={name: mlp, generator_hidden: [8], discriminator_hidden: [8], discriminator_dropout: 0.3}"
    options = [mlp, "augmentation={name: ada, speed: 20}", "train.steps=8"]
    assert [code for code, _ in together(2, "train", recipe, *options, "--out", "many")] == [0, 0]
    command("train", recipe, *options, "--out", "one")
    assert_close("many", "one")
    assert tensors("many")["model.augmentation.p"] > 0


def test_process_0_evaluates_and_its_choice_of_precision_is_that_of_all(
    together: Any, command: Any, write: Any, pictures: str, history: Any
) -> None:
    recipe = write(pictures)
    options = ["train.evaluate_every=2", "train.steps=4"]
    ends = together(2, "train", recipe, *options, "precision=auto", "--out", "many")
    assert [code for code, _ in ends] == [0, 0]
    assert "note: precision: " in ends[0][1]
    assert ends[1][1] == ""
    taken = checkpoint.newest(Path("many")).recipe["precision"]
    assert taken in ("fp32", "bf16")
    command("train", recipe, *options, f"precision={taken}", "--out", "one")
    found, expected = ([line for line in history(Path(run)) if "metrics" in line] for run in ("many", "one"))
    assert [line["step"] for line in found] == [line["step"] for line in expected] == [2, 4]
    tolerance = {"fp32": 1e-3, "bf16": 0.1}[taken]  # bf16 sums in 8 bits, in another order
    for many, one in zip(found, expected, strict=True):
        assert many["metrics"] == pytest.approx(one["metrics"], rel=tolerance)


def test_a_signal_saves_once_and_any_number_of_processes_resume(
    together: Any, command: Any, recipe: Path, before: Any, outcome: Any
) -> None:
    def interrupt(rank: int) -> None:
        # torchrun passes a signal on to all, and a scheduler may have signalled them before.
        before(
            "gancli.training.algorithm.descend",
            lambda n: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(2)] if n == 5 else None,
        )

    ends = together(2, "train", recipe, "--out", "run", prepare=interrupt)
    assert [code for code, _ in ends] == [128 + signal.SIGTERM, 0]
    assert "stopped at step 3 and saved; resume with: gan train --resume run" in ends[0][1]
    assert ends[1][1] == ""
    assert together(2, "train", "--resume", "run")[0][0] == 0
    together(2, "train", recipe, "--out", "whole")
    assert outcome(Path("run")) == outcome(Path("whole"))

    code, said = command("train", "--resume", "whole", "train.steps=8", "train.accumulate=2")
    assert code == 0
    assert "saved with processes 2, resumed with 1: not bit-identical" in said
    assert "saved with train.accumulate=1, resumed with 2: not bit-identical" in said


@pytest.mark.parametrize("rank", [0, 1])
def test_when_one_is_killed_all_end(together: Any, recipe: Path, before: Any, rank: int) -> None:
    def killed(own: int) -> None:
        if own == rank:
            before(
                "gancli.training.algorithm.descend",
                lambda n: os.kill(os.getpid(), signal.SIGKILL) if n == 9 else None,
            )

    ends = together(2, "train", recipe, *MANY, "--out", "run", prepare=killed)
    assert ends[rank][0] == -signal.SIGKILL
    assert ends[1 - rank][0] == 8
    if rank == 1:
        assert "step 5: lost the connection to another process" in ends[0][1]
        assert "the last good checkpoint is run/checkpoints/step-0000004.safetensors" in ends[0][1]
    assert checkpoint.newest(Path("run")).step == 4


def test_a_process_that_was_asked_for_something_else_is_refused(together: Any, recipe: Path) -> None:
    for folder, dim in (("one", 4), ("two", 5)):
        Path(folder).mkdir()
        Path(folder, "r.yaml").write_text(recipe.read_text().replace("dim: 4", f"dim: {dim}"))
    ends = together(2, "train", "r.yaml", prepare=lambda rank: os.chdir(("one", "two")[rank]))
    assert [code for code, _ in ends] == [2, 2]
    assert "process 1 was asked for something else than process 0: latent.dim: 4 and 5" in ends[0][1]
    assert ends[1][1] == ""
    assert not Path("one/runs").exists()


def test_a_process_with_other_data_is_refused(together: Any, write: Any, pictures: str, picture: Any) -> None:
    write(pictures, "one.yaml")
    Path("two").mkdir()
    shutil.copytree("pictures", "two/pictures")
    shutil.copy("one.yaml", "two/one.yaml")
    picture("two/pictures/cat/1.png", seed=99)
    ends = together(2, "train", "one.yaml", prepare=lambda rank: os.chdir("two") if rank else None)
    assert [code for code, _ in ends] == [3, 3]
    assert "process 1 has other data than process 0: found the fingerprint" in ends[0][1]
    assert ends[1][1] == ""
    assert not Path("runs").exists()


def test_other_commands_are_for_one_process(together: Any) -> None:
    ends = together(2, "recipe", "list")
    assert [code for code, _ in ends] == [2, 2]
    assert ends[0][1] == "gan: gan recipe is for one process; start it without torchrun, which is for gan train\n"
    assert ends[1][1] == ""


def test_a_minibatch_has_an_example_for_every_share(together: Any, recipe: Path) -> None:
    ends = together(2, "train", recipe, "train.batch_size=3", "train.accumulate=2")
    assert [code for code, _ in ends] == [2, 8]
    assert "train.batch_size: found 3; 2 processes and train.accumulate=2 need 4, 1 for each share" in ends[0][1]


def test_processes_with_batch_norm_stay_alike(together: Any, write: Any, pictures: str, tmp_path: Path) -> None:
    """Each normalises its own share, and all remember the statistics of process 0."""
    overrides = ["architecture.discriminator_norm=batch", "train.steps=4"]

    def keep(rank: int) -> None:
        """Save the networks of this process whenever process 0 speaks."""
        made = []
        build_training, say = build.training, processes.broadcast_number

        def training(*arguments: Any) -> Any:
            made.append(build_training(*arguments))
            return made[0]

        def saying(number: int = 0) -> int:
            told = say(number)
            if made:
                torch.save(made[0].gan.state_dict(), tmp_path / f"{rank}.pt")
            return told

        build.training, processes.broadcast_number = training, saying

    ends = together(2, "train", write(pictures), *overrides, "--out", "run", prepare=keep)
    assert [code for code, _ in ends] == [0, 0]
    assert "note: BatchNorm2d: over each of the 2 shares of a minibatch by itself, which is another game" in ends[0][1]
    first, other = (torch.load(tmp_path / f"{rank}.pt") for rank in range(2))
    assert first.keys() == other.keys()
    assert all(torch.equal(first[name], other[name]) for name in first)


@pytest.mark.full
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_torchrun_passes_a_signal_on(recipe: Path, number: signal.Signals) -> None:
    """It ends by itself with 1; the run is saved, and no process is left."""
    arguments = ["--standalone", "--nproc-per-node", "2", "-m", "gancli", "train", recipe, "train.steps=1000000"]
    launcher = subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", *arguments, "train.log_every=1", "--out", "run"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    history = Path("run/history.jsonl")
    while launcher.poll() is None and not (history.exists() and history.read_text().count("\n") > 3):
        time.sleep(0.1)
    launcher.send_signal(number)
    said = launcher.communicate()[1]
    assert "and saved; resume with: gan train --resume run" in said
    assert said.count("and saved") == 1
    assert launcher.returncode == 1
    command_lines = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    assert not any(b"gancli" in line and os.fsencode(recipe) in line for line in command_lines)
    logged = read_history(Path("run"))
    assert checkpoint.newest(Path("run")).step == logged[-1]["step"]
