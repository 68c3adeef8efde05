"""mypy finds nothing in its strict mode in a script that uses the whole public API."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gancli

SCRIPT = Path(__file__).with_name("script.py")


def test_the_script_uses_every_public_name() -> None:
    nodes = ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8")))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "gancli"}
    assert used == set(gancli.__all__)


@pytest.mark.full
def test_mypy_finds_nothing_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user has it, in 20 seconds, because it reads torch; ``.ci/check`` has mypy read the script with all else."""
    monkeypatch.setenv("MYPYPATH", str(Path(gancli.__file__).parents[1]))
    (tmp_path / "script.py").write_bytes(SCRIPT.read_bytes())
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "script.py"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
