"""If a worker fails, the training gets its minibatches or an error with a way out, and no worker is left running."""

import importlib
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from gancli.data import ImageFolder, batches
from gancli.errors import DataError, DeviceError

FULL = partial(pytest.param, marks=pytest.mark.full)
TRAIN = """
from gancli.cli import app
app(["train", "r.yaml", "dataset.memory_mb=0", "train.steps=1000000", "train.checkpoint_every=20", "--out", "run"])
"""
ODD = """
import os, signal, sys, time
import torch
from gancli import Dataset, DataSpec

class Odd(Dataset):
    spec, fingerprint, workers = DataSpec((2,)), "", 1

    def __init__(self, failure):
        self.failure = failure

    def __len__(self):
        return 8

    def gather(self, indices, rng):
        if 5 in indices:
            exec(self.failure)
        x = torch.stack([indices, indices * 2], dim=1)
        return x.float().t().contiguous().t(), indices, x[:1, 0].bfloat16(), torch.empty(0, 3), x[0, 0] > 3
"""


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def stream(pictures: str) -> Iterator[torch.Tensor]:
    """Twenty pictures, read by a worker; one minibatch has been taken, and the next is more than a pipe holds."""
    made = batches(ImageFolder(root="pictures", memory_mb=0, workers=1), 100, seed=0, device=torch.device("cpu"))
    next(made)
    yield made
    made.close()


def take_many(stream: Iterator) -> None:
    """More minibatches than a pipe holds."""
    for _ in range(100):
        next(stream)


@pytest.fixture
def odd(install: Callable[..., None]) -> Callable[..., Iterator]:
    install("gan-odd", "gancli.datasets", {"odd": "gan_odd:Odd"}, ODD)

    def start(failure: str, workers: int = 1) -> Iterator:
        dataset = importlib.import_module("gan_odd").Odd(failure)
        dataset.workers = workers
        return batches(dataset, 2, seed=0, device=torch.device("cpu"))

    return start


def test_what_workers_prepare_is_what_the_training_would_whatever_its_type(odd: Callable[..., Iterator]) -> None:
    state = torch.get_rng_state()
    prepared = odd("")
    for ours, theirs in itertools.islice(zip(odd("", workers=0), prepared, strict=True), 9):
        assert [tensor.dtype for tensor in ours] == [tensor.dtype for tensor in theirs]
        assert all(map(torch.equal, ours, theirs))
    prepared.close()
    assert torch.equal(torch.get_rng_state(), state)  # the noise of the training is not touched either


@pytest.mark.parametrize("number", [signal.SIGKILL, FULL(signal.SIGSEGV), FULL(signal.SIGBUS)])
def test_a_killed_worker_is_an_error_that_says_so(stream: Iterator, number: signal.Signals) -> None:
    victim = multiprocessing.active_children()[0]
    os.kill(victim.pid, number)
    with pytest.raises(DeviceError, match=rf"{victim.pid}.* was killed by {number.name}.*dataset\.workers"):
        take_many(stream)


def test_a_worker_that_hangs_is_an_error_and_is_ended(stream: Iterator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.data.workers.BATCH_SECONDS", 0.5)
    for worker in multiprocessing.active_children():
        os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(DataError, match=r"the worker process .* sent nothing for 0\.5 seconds"):
        take_many(stream)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Path.unlink, "No such file or directory"),
        FULL(lambda path: path.write_bytes(b""), "is not the file that was scanned"),
        FULL(lambda path: [path.unlink(), os.mkfifo(path)], "is not a regular file"),
    ],
)
def test_an_image_that_changes_during_the_training_is_named(
    stream: Iterator, change: Callable[[Path], object], said: str
) -> None:
    for path in Path("pictures/cat").glob("*.png"):
        change(path)
    with pytest.raises(DataError, match=rf"^pictures/cat/\d+\.png: {said}; it was changed during the training"):
        take_many(stream)


@pytest.mark.parametrize(
    ("failure", "kind", "said"),
    [
        FULL("os._exit(7)", DeviceError, "ended with 7"),
        FULL("sys.exit(0)", DeviceError, "ended with 0"),
        FULL("1 / 0", RuntimeError, "(?s)Traceback.*division by zero"),
        FULL("raise MemoryError('no more')", MemoryError, "no more"),
        FULL("open('/nowhere')", FileNotFoundError, "/nowhere"),
    ],
)
def test_an_error_in_a_worker_is_the_error_of_the_training(
    odd: Callable[..., Iterator], failure: str, kind: type[Exception], said: str
) -> None:
    stream = odd(failure)
    with pytest.raises(kind, match=said):
        take_many(stream)


def session(leader: int) -> list[int]:
    """The processes that a process started, and it, as far as they live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        if int(of) == leader and state not in "ZX":
            found.append(int(path.parent.name))
    return found


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited for five minutes in vain")


@pytest.mark.parametrize("number", [signal.SIGTERM, FULL(signal.SIGINT), FULL(signal.SIGKILL)])
def test_a_signal_to_all_processes_of_a_training_lets_it_save_and_leaves_no_worker(
    pictures: str, write: Callable[..., Path], number: signal.Signals
) -> None:
    write(pictures)
    training = subprocess.Popen(
        [sys.executable, "-c", TRAIN], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for(lambda: list(Path("run/checkpoints").glob("*")) or training.poll() is not None)
    assert len(session(training.pid)) >= 3  # with two workers
    if number == signal.SIGKILL:
        training.kill()  # and not its workers, which must find out for themselves
    else:
        os.killpg(training.pid, number)
    _, said = training.communicate(timeout=300)
    wait_for(lambda: not session(training.pid))
    assert "Traceback" not in said
    if number != signal.SIGKILL:
        assert training.returncode == 128 + number, said
        assert "and saved; resume with: gan train --resume run" in said
