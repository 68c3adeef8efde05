"""Idle threads of OpenMP sleep soon, and whoever has set anything of OpenMP keeps what they set."""

import json
import os
import subprocess
import sys

import pytest

from gancli.training.openmp import SPINS, bound_spinning

SHOW = """
import os, runpy, sys
sys.argv = ["gan", "--version"]
try:
    runpy.run_module("gancli", run_name="__main__")
except SystemExit:
    pass
import json
print(json.dumps({key: value for key, value in os.environ.items() if key.startswith(("OMP_", "GOMP_", "KMP_"))}))
"""


def settings(**chosen: str) -> dict[str, str]:
    """What the command line leaves in the environment in which torch is then imported."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("OMP_", "GOMP_", "KMP_"))}
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, env=plain | chosen, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_command_line_bounds_the_spinning() -> None:
    assert settings() == {"GOMP_SPINCOUNT": SPINS}


@pytest.mark.parametrize(
    "chosen", [{"OMP_NUM_THREADS": "1"}, {"OMP_WAIT_POLICY": "active"}, {"GOMP_SPINCOUNT": "7"}, {"KMP_BLOCKTIME": "0"}]
)
def test_what_the_user_has_set_stays(chosen: dict[str, str]) -> None:
    assert settings(**chosen) == chosen


def test_importing_the_library_changes_no_environment() -> None:
    code = (
        "import os; before = dict(os.environ); import gancli, gancli.training.openmp; assert dict(os.environ) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_can_be_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OMP_", "GOMP_", "KMP_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GOMP_SPINCOUNT", "12")
    bound_spinning()
    assert os.environ["GOMP_SPINCOUNT"] == "12"
