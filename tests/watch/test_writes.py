"""What would write outside of the tests' folders is refused and written down, in every process that a test starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.watch import writes

FORK = "if os.fork() == 0: open(outside + '/x', 'w')\nos.wait()"
IN_A_FOLDER = "os.mkdir('x', dir_fd=os.open(outside, os.O_RDONLY))"


def seen(code: str, outside: Path | str, report: Path) -> str:
    """What another Python that runs ``code`` is seen to do outside, "" for nothing."""
    code = f"import os, shutil, socket; from pathlib import Path; outside = {str(outside)!r}\n{code}"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {writes.REPORT: str(report)}, capture_output=True)
    return report.read_text() if report.exists() else ""


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("open(outside + '/x', 'w')", "open"),
        ("Path(outside, 'x').write_text('')", "open"),
        ("os.open(outside + '/x', os.O_CREAT | os.O_RDWR)", "open"),
        ("os.makedirs(outside + '/x')", "os.mkdir"),
        ("os.symlink('here', outside + '/x')", "os.symlink"),
        ("Path('r').touch(); os.replace('r', outside + '/x')", "os.rename"),
        ("os.remove(outside + '/x')", "os.remove"),
        ("os.chdir('/'); open(outside.lstrip('/') + '/x', 'a')", "open"),
        ("os.symlink(outside, 'link'); open('link/x', 'w')", "open"),
        (FORK, "open"),
    ],
)
def test_a_write_outside_is_refused_and_written_down(tmp_path: Path, code: str, event: str) -> None:
    found = seen(code, "/nonexistent", tmp_path / "report")
    assert found.count("\n") == 1
    assert f"{event} '/nonexistent" in found
    assert "test_writes.py" in found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not say which folder is open")
def test_a_write_in_an_open_folder_outside_is_seen(tmp_path: Path) -> None:
    assert "os.mkdir '/sys/x'" in seen(IN_A_FOLDER, "/sys", tmp_path / "report")


def test_a_connection_is_refused(tmp_path: Path) -> None:
    code = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"  # an address of no machine
    assert "socket.connect ('192.0.2.1', 9)" in seen(code, "", tmp_path / "report")


@pytest.mark.parametrize(
    "code",
    [
        "open('x', 'w')",
        "os.mkdir('x'); shutil.rmtree('x')",
        "open(os.devnull, 'w')",
        "open(outside)",
        "os.listdir('/')",
        "import tempfile; tempfile.NamedTemporaryFile()",
        "Path.home().joinpath('x').write_text('')",
    ],
)
def test_what_is_allowed(tmp_path: Path, code: str) -> None:
    assert seen(code, __file__, tmp_path / "report") == ""
