"""A disk whose calls can be recorded, and that fails at a chosen call, and trainings that can be killed."""

import builtins
import functools
import io
import itertools
import os
import pkgutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gancli.cli import app
from gancli.run import verification
from gancli.run.verification import Outcome

DIED = 137  # what a shell says of a process that got SIGKILL
PACE = ["train.checkpoint_every=2", "train.sample_every=3"]
WHOLE: list[Outcome] = []

Call = tuple[Any, ...]  # what was called, on which path, and with what


class Disk:
    """Sees every call that changes something below a folder, before it is done.

    Args:
        folder: what happens elsewhere is let through unseen.
        on_call: gets the number of the call, from 0, its name, and a way to do half of it if it is a write.
    """

    def __init__(self, folder: Path, on_call: Callable[[int, str, Callable[[], object]], None]) -> None:
        self.folder, self.on_call = folder.resolve(), on_call
        self.calls: list[Call] = []

    def see(self, name: str, path: Any, *arguments: Any, half: Callable[[], object] = lambda: None) -> None:
        if isinstance(path, int):
            path = Path(f"/proc/self/fd/{path}").resolve()
        path = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed: it is the name that matters
        if path.is_relative_to(self.folder):
            self.calls.append((name, path, *arguments))
            self.on_call(len(self.calls) - 1, name, half)

    @contextmanager
    def recorded(self) -> Iterator["Disk"]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "replace", "rename", "unlink", "mkdir", "truncate"):
                patch.setattr(os, name, self._seen(name, getattr(os, name)))
            patch.setattr(io, "open", self._open)
            patch.setattr(builtins, "open", self._open)
            yield self

    def _seen(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if not (name == "mkdir" and Path(path).exists()):  # which changes nothing
                self.see(name, path, *arguments)
            return real(path, *arguments, **options)

        return call

    def _open(self, path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if isinstance(path, int) or not set(mode) & set("wax+"):
            return OPEN(path, mode, *arguments, **options)
        self.see("create" if "w" in mode or not Path(path).exists() else "open", path)
        raw = _Seen(str(path), mode.replace("b", "").replace("t", ""), self)
        buffered = io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding=options.get("encoding"))


OPEN = io.open


class _Seen(io.FileIO):
    def __init__(self, path: str, mode: str, disk: Disk) -> None:
        super().__init__(path, mode)
        self.disk = disk

    def write(self, content: Any) -> int:
        write = super().write
        content = bytes(content)
        self.disk.see("write", self.name, content, half=lambda: write(content[: len(content) // 2]))
        return write(content)


def command(*arguments: object) -> tuple[int, str]:
    """Run the command line in this process; its exit code, and what it said on stderr."""
    said, before = io.StringIO(), sys.stderr
    sys.stderr = said
    try:
        app([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    finally:
        sys.stderr = before
    return 0, said.getvalue()


def in_a_fork(body: Callable[[], int]) -> int:
    """The exit code of a copy of this process in which ``body`` is run; whatever it does, this process is unharmed."""
    return ended(started(body))


def started(body: Callable[[], int]) -> int:
    """The number of a copy of this process in which ``body`` is run, with the signals of a program that was just begun.

    It ends after five minutes at the latest.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12: torch has threads, all idle
        child = os.fork()
    if child:
        return child
    code = 99
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(300)
        code = body()
    except BaseException:
        traceback.print_exc()  # or nobody would see what ended this process
    finally:
        sys.stderr.flush()
        os._exit(code)


def ended(child: int) -> int:
    """The exit code of a copy once it has ended, as ``subprocess`` has it: below 0 for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def calls(target: str, act: Callable[[int], object]) -> None:
    """From now on, ``act(n)`` is called before the n-th call of ``target``, from 1; for copies of this process."""
    place, _, name = target.rpartition(".")
    owner = pkgutil.resolve_name(place)
    real, count = getattr(owner, name), itertools.count(1)

    @functools.wraps(real)
    def call(*arguments: Any, **options: Any) -> Any:
        act(next(count))
        return real(*arguments, **options)

    setattr(owner, name, call)


@pytest.fixture
def recipe(write: Callable[..., Path], points: str) -> Path:
    """The file of a tiny GAN on the ring."""
    return write(points)


@pytest.fixture
def disk() -> Callable[..., Disk]:
    """``disk(folder, on_call).recorded()`` sees every call that changes something below a folder."""
    return lambda folder, on_call=lambda *_: None: Disk(folder, on_call)


@pytest.fixture(name="command")
def command_fixture() -> Callable[..., tuple[int, str]]:
    return command


@pytest.fixture
def fork() -> Callable[[Callable[[], int]], int]:
    return in_a_fork


@pytest.fixture
def outcome() -> Callable[[Path], Outcome]:
    """``outcome(run)`` is what a run came to: every tensor's digest, and the history without the time it took."""
    return verification.outcome


@pytest.fixture
def whole(recipe: Path) -> Outcome:
    """What the recipe at this pace comes to when nothing interrupts it; it is trained once for all tests."""
    if not WHOLE:
        assert command("train", recipe, *PACE, "--out", "whole", "--quiet") == (0, "")
        WHOLE.append(verification.outcome(Path("whole")))
    return WHOLE[0]


@pytest.fixture
def start() -> Callable[[Callable[[], int]], int]:
    """``start(body)`` is the number of a copy of this process, which runs beside it; ``end(number)`` its exit code."""
    return started


@pytest.fixture
def end() -> Callable[[int], int]:
    return ended


@pytest.fixture
def before() -> Callable[[str, Callable[[int], object]], None]:
    """``before("gancli.build.gan", act)`` has a copy of this process call ``act(n)`` before the n-th call of that."""
    return calls


@pytest.fixture
def said_in(fork: Any) -> Callable[..., tuple[int, str]]:
    """``said_in(*arguments, prepare=...)`` is ``command`` in a copy of this process, which is prepared for it first."""

    def run(*arguments: object, prepare: Callable[[], object] = lambda: None) -> tuple[int, str]:
        with tempfile.TemporaryFile() as file:

            def body() -> int:
                prepare()
                code, said = command(*arguments)
                os.write(file.fileno(), said.encode(errors="backslashreplace"))
                return code

            code = fork(body)
            file.seek(0)
            return code, file.read().decode()

    return run
