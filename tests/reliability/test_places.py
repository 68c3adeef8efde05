"""A place that cannot be used ends in a message with its path, and costs nothing."""

import ctypes
import errno
import os
import shutil
import stat
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def room(write: Callable[..., Path], points: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder that other users may enter; there is a recipe in it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        monkeypatch.chdir(name)
        write(points)
        yield Path(name)
        for folder, _, _ in os.walk(name):
            Path(folder).chmod(0o777)


def obey_permissions() -> None:
    """Give up root's right to read and write what its permissions forbid; another user needs no such thing."""
    version, this_process, none = 0x20080522, 0, (0,) * 6
    header, sets = struct.pack("Ii", version, this_process), struct.pack("6I", *none)
    if os.getuid() == 0 and ctypes.CDLL(None).capset(ctypes.create_string_buffer(header), sets):
        raise OSError("the capabilities of root could not be given up")


def assert_refused(found: tuple[int, str], code: int, *words: str) -> None:
    exit_code, said = found
    assert (exit_code, [word for word in words if word not in said], "Traceback" in said) == (code, [], False), said


@pytest.mark.parametrize("what", ["run", "run/checkpoints", "run/samples", "run/.lock", "run/history.jsonl"])
def test_a_run_that_may_not_be_written(room: Path, command: Any, said_in: Any, outcome: Any, what: str) -> None:
    assert command("train", "r.yaml", "--out", "run", "--quiet")[0] == 0
    before = outcome(Path("run"))
    Path(what).chmod(0o555 if Path(what).is_dir() else 0o444)
    resume = ["train", "--resume", "run", "train.steps=8", "--quiet"]
    assert_refused(said_in(*resume, prepare=obey_permissions), 7, what, os.strerror(errno.EACCES))
    Path(what).chmod(0o777)
    assert outcome(Path("run")).tensors == before.tensors
    assert said_in(*resume, prepare=obey_permissions) == (0, "")


@pytest.mark.parametrize(
    ("out", "code"), [("closed/run", 7), ("closed", 7), ("file/run", 7), ("file", 7), ("missing/a/b", 0)]
)
def test_a_place_for_a_new_run(room: Path, said_in: Any, out: str, code: int) -> None:
    Path("closed").mkdir(0o555)
    Path("file").touch()
    found = said_in("train", "r.yaml", "--out", out, "--quiet", prepare=obey_permissions)
    assert_refused(found, code, *([out.partition("/")[0]] if code else []))


def test_a_working_folder_that_may_not_be_written(room: Path, said_in: Any) -> None:
    room.chmod(0o555)
    assert_refused(said_in("train", "r.yaml", "--quiet", prepare=obey_permissions), 7, "runs")


@pytest.mark.parametrize(("what", "code"), [("pictures", 3), ("pictures/cat", 3), ("pictures/cat/1.png", 3)])
def test_data_that_may_not_be_read(
    room: Path, write: Callable[..., Path], pictures: str, said_in: Any, what: str, code: int
) -> None:
    write(pictures)
    Path(what).chmod(0)
    assert_refused(said_in("train", "r.yaml", "--quiet", prepare=obey_permissions), code, what.rpartition("/")[2])
    assert not Path("runs").exists()


def test_a_recipe_that_may_not_be_read(room: Path, said_in: Any) -> None:
    Path("r.yaml").chmod(0)
    assert_refused(said_in("train", "r.yaml", prepare=obey_permissions), 2, "r.yaml: cannot be read")


def test_a_cache_that_may_not_be_written(room: Path, said_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("cache").mkdir(0o555)
    monkeypatch.setenv("GAN_DATA_DIR", str(room / "cache/data"))
    monkeypatch.delenv("GAN_OFFLINE")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("a download would have begun"))
    found = said_in("train", "r.yaml", "dataset={name: mnist, source: full}", prepare=obey_permissions)
    assert_refused(found, 3, "cache/data", os.strerror(errno.EACCES))


@pytest.mark.parametrize("home", [None, "/nonexistent", "/proc"])
def test_a_home_is_not_needed(room: Path, said_in: Any, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    room.chmod(0o777)
    monkeypatch.delenv("HOME") if home is None else monkeypatch.setenv("HOME", home)
    monkeypatch.delenv("GAN_DATA_DIR")
    assert said_in("train", "r.yaml", "--quiet", prepare=obey_permissions) == (0, "")


@pytest.mark.parametrize("umask", [0o077, 0o002, 0o022])
def test_files_have_the_rights_that_the_user_wants(said_in: Any, recipe: Path, umask: int) -> None:
    assert said_in("train", recipe, "--quiet", prepare=lambda: os.umask(umask)) == (0, "")
    for path in (Path("runs"), *Path("runs").rglob("*")):
        wanted = (0o777 if path.is_dir() else 0o666) & ~umask
        assert (path.name, stat.S_IMODE(path.stat().st_mode)) == (path.name, wanted)


@pytest.mark.parametrize("arguments", [["r.yaml"], ["ring"], ["--resume", "runs/r"]])
def test_a_working_folder_that_was_removed(said_in: Any, room: Path, arguments: list[str]) -> None:
    (room / "gone").mkdir()

    def prepare() -> None:
        os.chdir("gone")
        shutil.rmtree(room / "gone")

    code, said = said_in("train", *arguments, prepare=prepare)
    assert code in (2, 7)
    assert "Traceback" not in said
    assert arguments[-1].partition("/")[0] in said or "runs" in said
