"""Every command of the README's block runs as written, in order, in one folder."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gancli.cli import app

README = Path(__file__).parents[1] / "README.md"
BLOCK = README.read_text(encoding="utf-8").partition("<!-- every line of this block is run by a test -->")[2]
COMMANDS = BLOCK.partition("```sh\n")[2].partition("```")[0].splitlines()


def test_every_command_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "gan"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{command}\n{result.output}\n{result.exception!r}"
    made = {"losses.png", "sevens.npz", "three-to-eight.gif", "digits"}
    assert made <= {path.name for path in tmp_path.iterdir()}
