"""``gan doctor``, also where torch or a plugin is broken; it names neither the user nor the home."""

import getpass
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import gancli
from gancli.diagnosis import machine, probe
from gancli.diagnosis.private import without_names

FINE = "from gancli.penalties import R1 as Fine"


def doctor(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The command as a user types it, in a process of its own."""
    paths = os.pathsep.join(filter(None, [*sys.path, variables.pop("PYTHONPATH", "")]))
    if first := variables.pop("FIRST", ""):
        paths = os.pathsep.join([first, paths])
    env = os.environ | {"PYTHONPATH": paths} | variables
    command = [sys.executable, "-m", "gancli", "doctor", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_the_report_has_what_a_bug_report_needs() -> None:
    done = doctor(OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    for section in ("Versions", "Machine", "Plugins", "Data", "Environment", "Warnings"):
        assert f"\n{section}\n───" in done.stdout
    assert f"gan                {gancli.__version__}\n" in done.stdout
    assert "threads    1 in training" in done.stdout
    assert re.search(r"bf16 +a product of matrices takes \S+ times as long as in fp32", done.stdout)
    assert "OMP_NUM_THREADS 1" in " ".join(done.stdout.split())
    assert "the full MNIST is not in the data folder" in done.stdout


def test_it_names_neither_the_user_nor_the_home_and_shows_no_secret() -> None:
    data = Path.home() / "some" / "data"
    done = doctor("--json", GAN_DATA_DIR=str(data), GAN_API_TOKEN="abc123")
    assert str(Path.home()) not in done.stdout
    assert "abc123" not in done.stdout
    found = json.loads(done.stdout)
    assert found["sections"]["Data"]["folder"] == "~/some/data"
    assert found["sections"]["Environment"]["GAN_DATA_DIR"] == "~/some/data"
    assert found["sections"]["Environment"]["GAN_API_TOKEN"] == "(set)"


def test_a_home_is_a_tilde_and_a_name_in_a_path_is_USER(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.setattr(getpass, "getuser", lambda: "alice")
    assert without_names("/home/alice/data, /media/alice/disk") == "~/data, /media/USER/disk"
    assert without_names("/home/alice2, alice-in-text") == "/home/alice2, alice-in-text"


def test_without_torch_it_still_reports(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "torch.py").write_text(
        "raise ImportError('libtorch_cpu.so: cannot open shared object file')"
    )
    done = doctor(FIRST=str(tmp_path / "hidden"))
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split())
    assert "BROKEN: ImportError: libtorch_cpu.so: cannot open shared object file" in shown
    assert "• torch cannot be imported" in shown
    assert "threads unknown without torch" in shown
    assert "Traceback" not in done.stdout + done.stderr


def test_a_torch_that_crashes_is_reported_too(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "torch.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    done = doctor(FIRST=str(tmp_path / "hidden"))
    assert done.returncode == 0, done.stderr
    assert "its process ended by signal 9" in " ".join(done.stdout.split())


def test_broken_plugins_are_reported_and_the_others_are_tried(install: Callable[..., None]) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:X"}, "raise RuntimeError('made for another gan')")
    install(
        "gan-crash",
        "gancli.models",
        {"crash": "gan_crash:X"},
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    )
    install("gan-fine", "gancli.penalties", {"fine": "gan_fine:Fine"}, FINE)
    done = doctor("--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["sections"]["Plugins"]["penalty fine"] == "gan-fine 1.0, ok"
    assert "made for another gan" in found["sections"]["Plugins"]["loss broken"]
    assert "its process ended by signal 9" in found["sections"]["Plugins"]["model crash"]
    assert any("made for another gan" in warning for warning in found["warnings"])
    assert any("signal 9" in warning for warning in found["warnings"])


def test_what_is_switched_off_is_said_and_is_no_warning(install: Callable[..., None]) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:X"}, "raise RuntimeError('not imported')")
    found = json.loads(doctor("--json", GAN_PLUGINS="none").stdout)
    assert found["sections"]["Plugins"]["loss broken"] == "gan-broken 1.0, switched off by GAN_PLUGINS"
    assert not any("broken" in warning for warning in found["warnings"])


def test_the_data_folder_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gancli.diagnosis import data

    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "mine"))
    assert data.read().contents == ()
    assert not data.read().has_mnist
    (tmp_path / "mine" / "mnist").mkdir(parents=True)
    for name in data.MNIST_FILES:
        (tmp_path / "mine" / "mnist" / f"{name}.gz").write_bytes(bytes(1_000_000))
    assert data.read().contents == ("mnist: 2 files, 2.0 MB",)
    assert data.read().has_mnist


def test_a_process_that_hangs_is_given_up() -> None:
    answered = probe.ask("plugin_imports", "0", seconds=0.01)
    assert answered.problem == "it was not done after 0.01 s"


def test_the_machine_is_described_in_numbers_that_can_be() -> None:
    usable, whole = machine.cores()
    assert 0 < usable <= whole
    total, free = machine.memory()
    assert free is None or 0 < free <= total
    assert machine.free_disk(Path("not/there/yet")) == machine.free_disk(Path())
