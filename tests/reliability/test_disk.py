"""Killed, out of space or out of power at every call that writes: the newest whole checkpoint always loads."""

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli.errors import GanError
from gancli.storage import checkpoint
from gancli.storage.history import read_history

POINTS = ["train.steps=6", "train.checkpoint_every=2", "train.sample_every=3"]


@pytest.fixture
def whole(command: Any, recipe: Path, outcome: Any) -> Any:
    """What the training comes to when nothing goes wrong."""
    assert command("train", recipe, *POINTS, "--out", "whole", "--quiet") == (0, "")
    return outcome(Path("whole"))


@pytest.fixture
def calls(disk: Any, command: Any, recipe: Path, whole: Any) -> list[Any]:
    """Every call that writes in the course of a training."""
    with disk(Path("seen")).recorded() as seen:
        command("train", recipe, *POINTS, "--out", "seen", "--quiet")
    names = [name for name, *_ in seen.calls]
    assert names.count("fsync") >= 3 * 3  # of the history, the checkpoint, and its folder, at every save
    assert {"create", "write", "replace", "unlink", "mkdir"} <= set(names)
    return seen.calls


def assert_goes_on(command: Any, outcome: Any, recipe: Path, run: Path, whole: Any) -> None:
    """The run can be resumed, ends as an uninterrupted one, and no stray file stays."""
    resume = ["--resume", run] if (run / "recipe.yaml").exists() else [recipe, *POINTS, "--out", run]
    assert command("train", *resume, "--quiet") == (0, "")
    assert outcome(run) == whole
    assert [path.name for path in run.rglob("*.part")] == []


@pytest.mark.parametrize("half", [False, True], ids=["before", "within"])
def test_killed_at_every_call(
    disk: Any, command: Any, fork: Any, outcome: Any, recipe: Path, whole: Any, calls: list[Any], half: bool
) -> None:
    for number, (name, path, *_) in enumerate(calls):
        if half and name != "write":
            continue
        run = Path(f"killed-{number}")

        def die(at: int, _name: str, write_half: Callable[[], object], number: int = number) -> None:
            if at == number:
                if half:
                    write_half()
                os._exit(137)

        def body(run: Path = run, die: Any = die) -> int:
            with disk(run, die).recorded():
                return int(command("train", recipe, *POINTS, "--out", run, "--quiet")[0])

        assert fork(body) == 137, f"{name} {path} was not reached"
        if run.exists():
            saved = sorted((run / "checkpoints").glob("*.safetensors"))
            assert [checkpoint.Checkpoint.load(path).step for path in saved] == [int(path.stem[5:]) for path in saved]
            assert_goes_on(command, outcome, recipe, run, whole)


@pytest.mark.parametrize(
    "code",
    [
        errno.ENOSPC,
        pytest.param(errno.EIO, marks=pytest.mark.full),
        pytest.param(errno.EDQUOT, marks=pytest.mark.full),
    ],
    ids=errno.errorcode.get,
)
def test_an_error_of_the_disk_at_every_call(
    disk: Any, command: Any, outcome: Any, recipe: Path, whole: Any, calls: list[Any], code: int
) -> None:
    for number, (name, path, *_) in enumerate(calls):
        run = Path(f"failed-{code}-{number}")

        def fail(at: int, name: str, _half: object, number: int = number, path: Path = run) -> None:
            if at == number:
                raise OSError(code, os.strerror(code), *([] if name in ("write", "fsync") else [str(path)]))

        with disk(run, fail).recorded():
            exit_code, said = command("train", recipe, *POINTS, "--out", run, "--quiet")
        assert (exit_code, name, path) == (7, name, path)
        assert os.strerror(code) in said
        assert "Traceback" not in said
        assert run.name in said
        if run.exists():
            assert [path.name for path in run.rglob("*.part")] == [], f"after {name} {path}"
            assert_goes_on(command, outcome, recipe, run, whole)


class Image:
    """What a disk may hold after a loss of power: what was synced, and any of what was not.

    A write that was not synced is there, missing, or torn at a multiple of 512 bytes. The names in a folder are as they
    were when it was last synced, and then as after any number of the changes since, in their order.
    """

    def __init__(self, calls: list[Any], rng: random.Random) -> None:
        self.rng = rng
        self.files: dict[Path, list[list[bytes]]] = {}  # a file's writes: those synced, those not
        self.names: dict[Path, list[Any]] = {}  # a folder's changes that were not synced yet
        self.synced: dict[Path, Any] = {}  # path -> its file, or None for a folder
        self.now: dict[Path, Any] = {}
        for call in calls:
            self._do(*call)

    def _do(self, name: str, path: Path, *arguments: Any) -> None:
        if name in ("create", "mkdir"):
            self._rename(path, {"synced": [], "loose": []} if name == "create" else None)
        elif name == "write":
            self.now[path]["loose"].append(arguments[0])
        elif name == "replace":
            target = Path(arguments[0]).absolute()
            self._rename(target, self.now[path])
            self._rename(path, "gone")
        elif name == "unlink":
            self._rename(path, "gone")
        elif name == "fsync" and isinstance(self.now.get(path), dict):
            file = self.now[path]
            file["synced"] += file["loose"]
            file["loose"] = []
        elif name == "fsync":
            for changed, what in self.names.pop(path, []):
                self.synced[changed] = what

    def _rename(self, path: Path, what: Any) -> None:
        self.now[path] = what
        self.names.setdefault(path.parent, []).append((path, what))

    def write(self, old: Path, new: Path) -> None:
        """Write the image of the folder ``old`` to the folder ``new``."""
        names = dict(self.synced)
        for changes in self.names.values():
            for path, what in changes[: self.rng.randint(0, len(changes))]:
                names[path] = what
        for path, what in sorted(names.items(), key=lambda item: len(item[0].parts)):
            place = new / path.relative_to(old)
            if what == "gone" or not place.parent.is_dir():
                continue
            if what is None:
                place.mkdir()
                continue
            place.write_bytes(b"".join(what["synced"]) + b"".join(self._loose(what["loose"])))

    def _loose(self, writes: list[bytes]) -> Iterator[bytes]:
        for content in writes:
            fate = self.rng.choice(["there", "torn", "missing"])
            if fate == "there":
                yield content
            elif fate == "torn":
                yield content[: self.rng.randrange(0, len(content) + 512, 512)]


def lost(
    calls: list[Any], images: int, forget: Callable[[Any], bool] = lambda call: False
) -> Iterator[tuple[Path, int]]:
    """Folders as a loss of power may leave them, each with the step whose checkpoint had been saved by then.

    ``forget`` says which calls to act as if they had never been made.
    """
    rng = random.Random(0)
    old = Path("seen").resolve()
    # A save is over when the folder of checkpoints is synced.
    saves = [number for number, (name, path, *_) in enumerate(calls) if (name, path.name) == ("fsync", "checkpoints")]
    renamed = [Path(to[0]) for name, _, *to in calls if name == "replace"]
    steps = [int(path.stem.removeprefix("step-")) for path in renamed if path.suffix == ".safetensors"]
    for number in range(images):
        at = rng.randint(0, len(calls))
        promised = max((step for save, step in zip(saves, steps, strict=True) if save < at), default=0)
        new = Path(f"lost-{number}")
        new.mkdir()
        Image([call for call in calls[:at] if call[1] != old or call[0] == "fsync" if not forget(call)], rng).write(
            old, new
        )
        yield new, promised


def survived(run: Path) -> int:
    """The step of the newest checkpoint that can be loaded, if the history is there up to it."""
    try:
        step = checkpoint.newest(run).step
        logged = [line["step"] for line in read_history(run)]
    except GanError:
        return 0
    return step if logged[:step] == list(range(1, step + 1)) else -1


@pytest.mark.parametrize(
    "images", [60, pytest.param(200, marks=pytest.mark.full), pytest.param(2000, marks=pytest.mark.night)]
)
def test_a_loss_of_power_takes_no_saved_checkpoint(
    command: Any, outcome: Any, recipe: Path, whole: Any, calls: list[Any], images: int
) -> None:
    promises = []
    for number, (run, promised) in enumerate(lost(calls, images)):
        promises.append(promised)
        assert survived(run) >= promised
        if number % 10 == 0 and survived(run):
            assert_goes_on(command, outcome, recipe, run, whole)
        shutil.rmtree(run)
    assert set(promises) == {0, 2, 4, 6}


@pytest.mark.parametrize("forgotten", [".part", "checkpoints", "history.jsonl"], ids=["content", "name", "history"])
def test_without_any_one_sync_something_would_be_lost(calls: list[Any], forgotten: str) -> None:
    """The test above would fail if a save left out one of its three syncs."""

    def is_forgotten(call: Any) -> bool:
        return call[0] == "fsync" and str(call[1]).endswith(forgotten)

    assert any(map(is_forgotten, calls))
    assert any(survived(run) < promised for run, promised in lost(calls, 200, is_forgotten))
