"""Partial files of a killed writer are removed by the next one; those of a living writer are not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.files import make_ready, remove_partial_files, whole, write_whole

WRITER = """
import sys, time
from pathlib import Path
from gancli.files import whole
with whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def writer() -> Any:
    process = subprocess.Popen([sys.executable, "-c", WRITER, "x.png"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("clean", [make_ready, remove_partial_files])
def test_a_killed_writers_part_goes_and_a_living_ones_stays(writer: Any, clean: Callable[[Path], None]) -> None:
    part = Path(f".{writer.pid}.part")
    clean(Path())
    assert part.read_bytes() == b"half"
    writer.kill()
    writer.wait()
    clean(Path())
    assert list(Path().iterdir()) == []


def test_nothing_of_others_is_removed() -> None:
    names = ["x.part", ".download.part", ".12.part.txt", "12.part"]
    for name in names:
        Path(name).touch()
    Path(".13.part").mkdir()
    os.mkfifo(".14.part")
    Path("kept").touch()
    Path(".15.part").symlink_to("kept")
    make_ready(Path())
    assert {*names, ".13.part", ".15.part", "kept"} <= {path.name for path in Path().iterdir()}


def test_a_part_that_is_taken_before_it_is_locked_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    real, calls = fcntl.flock, []

    def taken(file: Any, how: int) -> None:
        if not calls:
            next(Path().glob(".*.part")).unlink()
        calls.append(how)
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", taken)
    write_whole(Path("x"), b"all")
    assert Path("x").read_bytes() == b"all"
    assert len(calls) == 2


def test_a_file_system_without_locks_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Any, how: int) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with whole(Path("x")) as file:
        file.write(b"all")
        make_ready(Path())
    assert Path("x").read_bytes() == b"all"


@pytest.mark.parametrize("out", ["new/x.npz", "new"])
def test_a_killed_drawing_is_swept_by_the_next(gan: Any, digits_run: Path, out: str) -> None:
    command = [sys.executable, "-m", "gancli", "sample", str(digits_run), "--n", "10000000", "--out", out]
    process = subprocess.Popen(command)
    try:
        while process.poll() is None and not any(path.stat().st_size for path in Path("new").glob("*")):
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert gan("sample", digits_run, "--n", 2, "--out", out, "--force").exit_code == 0
    assert list(Path("new").glob(".*")) == []
